package portrait.doors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.doors.http.Routes;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Puts what injects elsewhere into every part of a path, and into the query parameters, headers and bodies of every
/// route, in turn. A route that is added tomorrow is tried tomorrow; its parameters are taken from the sources and the
/// description of the API.
class InjectionTest {

  private static final String MARK = "<b x-injected>";

  /// What each would do where it is not taken as plain text is looked for in every answer.
  private static final List<String> PAYLOADS = List.of(
      "x'; DROP TABLE customer; DELETE FROM \"Customer\"; --",
      "x' or 1 eq 1 or IsMemberOfSegment('x",
      "\"><script>alert(1)</script>" + MARK,
      "en\r\nX-Injected: yes\r\n\r\n" + MARK,
      "..;/..;/..;/..;/etc/passwd",
      "${1337*1009} #{1337*1009} {{1337*1009}} @(1337*1009)",
      "=HYPERLINK(\"http://injected.example\";\"x\")",
      "%s%n\uD83D\uDE00 9".repeat(40));
  private static final List<String> HEADERS = List.of("Accept", "Accept-Language", "Cookie", "Content-Type",
      "Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID", "Origin", "Prefer", "OData-MaxVersion", "Range",
      "Referer", "Upload-Offset", "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-Id");

  /// What takes long by itself, whatever it is asked with, ends the session, or replaces the key the test has.
  private static final Pattern LEFT_OUT = Pattern.compile(
      "(/api/v1)?/(backups|rebuild|refresh|rollout|retention(/run)?|unification/run|unify/run|audit/check|vault/rotate)"
          + "|/sign-out");

  /// Made under a name, and under a title, that injects.
  private static final List<String> KINDS = List.of("Segment", "Measure", "Activity", "Source", "Purpose", "Export",
      "MergePolicy", "Schedule");

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int AT_ONCE = 8;
  /** Of each kind, for each route: all of them together take minutes. */
  private static final int TRIED = 2;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static TestPortrait portrait;
  private final List<String> harmed = new CopyOnWriteArrayList<>();
  private final List<Runnable> questions = new ArrayList<>();

  @BeforeAll
  static void open(@TempDir Path home) {
    portrait = TestPortrait.in(home);
    portrait.apply("""
        kind: Segment
        name: everybody
        spec: { title: Everybody, where: { event: Product Viewed, within: 30d, count: { at_least: 1 } } }
        """);
    portrait.collect("/v1/identify", """
        {"userId": "bystander", "traits": {"city": "=1+1", "name": "%s"}}""".formatted(MARK));
    portrait.rollOut();
  }

  @AfterAll
  static void close() {
    portrait.close();
  }

  @Test
  void pathsAreTakenAsTheyAre() {
    int turn = 0;
    for (var route : routes()) {
      if (route.path().matches(".*[{<].*")) {
        for (String payload : some(PAYLOADS, turn++, TRIED)) {
          ask(route, path(route, payload), "Accept", "*/*");
        }
      }
    }
    assertUnharmed(100);
  }

  @Test
  void queriesAreTakenAsTheyAre() throws IOException {
    var names = queries();
    int turn = 0;
    for (var route : routes()) {
      if (route.method() == Routes.Method.GET) {
        // Each parameter with one of them, another one on the next route; all at once would hide all but the first.
        for (String name : some(names, turn, TRIED)) {
          String payload = PAYLOADS.get(turn++ % PAYLOADS.size());
          ask(route, path(route, "everybody") + "?" + name + "=" + encoded(payload), "Accept",
              "*/*");
        }
      }
    }
    assertUnharmed(100);
  }

  @Test
  void headersAreTakenAsTheyAre() {
    int turn = 0;
    for (var route : routes()) {
      for (String name : some(HEADERS, turn, TRIED)) {
        // No client can send what is no character of a header.
        String payload = PAYLOADS.get(turn++ % PAYLOADS.size()).replaceAll("[^ -~]", "");
        ask(route, path(route, "everybody"), name, payload);
      }
    }
    assertUnharmed(100);
  }

  @Test
  void bodiesAreTakenAsTheyAre() throws IOException {
    var description = YAML.readTree(Path.of("src/main/resources/portrait/doors/rest/openapi.yaml"));
    int turn = 0;
    for (var route : routes()) {
      if (route.method().changes() && !route.area().equals("pages")) {
        String payload = PAYLOADS.get(turn++ % PAYLOADS.size());
        var schema = described(description, route);
        for (var body : List.of(filled(description, schema, payload), JSON.createObjectNode().put(payload, payload),
            JSON.createArrayNode().add(payload), JSON.getNodeFactory().stringNode(payload))) {
          tell(route, path(route, "everybody"), body);
        }
      }
    }
    assertUnharmed(250);
  }

  @Test
  void definitionsAreTakenAsTheyAre() {
    var apply = route(Routes.Method.POST, "/api/v1/definitions");
    for (String payload : PAYLOADS) {
      for (String kind : KINDS) {
        tell(apply, apply.path(), definition(kind, payload, "Harmless"));
        tell(apply, apply.path(), definition(kind, "harmless", payload));
      }
    }
    assertUnharmed(100);
    // What was taken is shown and loaded, too.
    questions.clear();
    for (String page : List.of("/segments", "/segments/harmless", "/segments/harmless.csv", "/segments/everybody.csv",
        "/measures", "/definitions", "/audit", "/audit.csv")) {
      portrait.parts().routes().stream().filter(route -> route.method() == Routes.Method.GET)
          .filter(route -> page.matches(route.path().replaceAll("[{][^}]*[}]", "[^/]+")))
          .findFirst().ifPresent(route -> ask(route, page, "Accept", "*/*"));
    }
    assertUnharmed(5);
  }

  private static JsonNode definition(String kind, String name, String title) {
    var definition = JSON.createObjectNode().put("kind", kind).put("name", name);
    var spec = definition.putObject("spec").put("title", title);
    if (kind.equals("Segment")) {
      spec.putObject("where").put("event", title).put("within", "30d").putObject("count").put("at_least", 1);
    }
    return definition;
  }

  private Routes.Route route(Routes.Method method, String path) {
    return routes().stream().filter(route -> route.method() == method && route.path().equals(path)).findFirst()
        .orElseThrow();
  }

  private static JsonNode described(JsonNode description, Routes.Route route) {
    return description.path("paths").path(route.path().replace('<', '{').replace('>', '}'))
        .path(route.method().name().toLowerCase(Locale.ROOT)).path("requestBody").path("content")
        .path("application/json").path("schema");
  }

  /// A body as it is described, with this in place of every text.
  private static JsonNode filled(JsonNode description, JsonNode schema, String payload) {
    if (schema.has("$ref")) {
      return filled(description, description.at(schema.path("$ref").asString().substring(1)), payload);
    }
    if (schema.has("enum")) {
      return schema.path("enum").path(0);
    }
    var type = schema.path("type");
    return switch (type.isArray() ? type.path(0).asString() : type.asString("object")) {
      case "integer", "number" -> JSON.getNodeFactory().numberNode(schema.path("minimum").asInt(1));
      case "boolean" -> JSON.getNodeFactory().booleanNode(true);
      case "array" -> JSON.createArrayNode().add(filled(description, schema.path("items"), payload));
      case "string" -> JSON.getNodeFactory().stringNode(payload);
      default -> {
        var object = JSON.createObjectNode();
        schema.path("properties").propertyStream().forEach(each -> object.set(each.getKey(), filled(description,
            each.getValue(), payload)));
        yield object;
      }
    };
  }

  private void tell(Routes.Route route, String path, JsonNode body) {
    question(route, path, "Accept", "*/*", BodyPublishers.ofString(body.toString()),
        "%s %s with %s".formatted(route.method(), path, body));
  }

  /// The next few, round and round.
  private static List<String> some(Collection<String> all, int from, int count) {
    var names = List.copyOf(all);
    return IntStream.range(from, from + count).mapToObj(place -> names.get(place % names.size())).toList();
  }

  private List<Routes.Route> routes() {
    return portrait.parts().routes().stream().filter(route -> route.method() != Routes.Method.HEAD)
        .filter(route -> !route.method().changes() || !LEFT_OUT.matcher(route.path()).matches()).toList();
  }

  private static String path(Routes.Route route, String value) {
    return route.path().replaceAll("[{<][^}>]*[}>]", encoded(value).replace("$", "\\$"));
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// Every query parameter that a door reads or the description of the API names.
  private static TreeSet<String> queries() throws IOException {
    var names = named(Pattern.compile("\\.query\\(\"([^\"]+)\""));
    var described = Pattern.compile("name: (\\w+), in: query").matcher(Files.readString(
        Path.of("src/main/resources/portrait/doors/rest/openapi.yaml")));
    while (described.find()) {
      names.add(described.group(1));
    }
    assertTrue(names.size() > 40, () -> "only these were found: " + names);
    return names;
  }

  private static TreeSet<String> named(Pattern reading) throws IOException {
    var names = new TreeSet<String>();
    try (var sources = Files.walk(Path.of("src/main/java/portrait/doors"))) {
      for (var source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        var found = reading.matcher(Files.readString(source));
        while (found.find()) {
          names.add(found.group(1));
        }
      }
    }
    return names;
  }

  private void ask(Routes.Route route, String path, String header, String value) {
    question(route, path, header, value, BodyPublishers.noBody(),
        "%s %s with %s: %s".formatted(route.method(), path, header, value));
  }

  private void question(Routes.Route route, String path, String header, String value, BodyPublisher body, String what) {
    var request = HttpRequest.newBuilder(URI.create(portrait.parts().server().url() + path))
        .header("Authorization", "Bearer " + portrait.parts().server().key().reveal())
        .setHeader("Content-Type", "application/json").setHeader(header, value)
        .method(route.method().name(), body);
    questions.add(() -> {
      try {
        var answer = answer(request.build());
        harm(answer).forEach(harm -> harmed.add(harm + ": " + beginning(what) + "\n  " + beginning(answer.body())));
      } catch (IOException failure) {
        harmed.add("was not answered (%s): %s".formatted(failure, beginning(what)));
      } catch (InterruptedException stopped) {
        throw new IllegalStateException(stopped);
      }
    });
  }

  /// What cannot be a request at all ends its connection, which another may have been about to use.
  private static HttpResponse<String> answer(HttpRequest request) throws IOException, InterruptedException {
    try {
      return CLIENT.send(request, BodyHandlers.ofString());
    } catch (IOException _) {
      return CLIENT.send(request, BodyHandlers.ofString());
    }
  }

  private static String beginning(String text) {
    return text.substring(0, Math.min(300, text.length()));
  }

  /// What the answer shows that it must not.
  private static List<String> harm(HttpResponse<String> answer) {
    var harm = new ArrayList<String>();
    String body = answer.body();
    String type = answer.headers().firstValue("Content-Type").orElse("");
    // What is not configured is answered 501 or 503; both are meant.
    if (answer.statusCode() >= 500 && answer.statusCode() != 501 && answer.statusCode() != 503) {
      harm.add("failed with %d".formatted(answer.statusCode()));
    }
    if (answer.headers().firstValue("X-Injected").isPresent()) {
      harm.add("wrote a header");
    }
    if (body.contains("1349033")) {
      harm.add("was evaluated");
    }
    if (body.contains("root:x:0:")) {
      harm.add("read a file of the machine");
    }
    if (type.startsWith("text/html") && (body.contains(MARK) || body.contains("<script>alert"))) {
      harm.add("is markup of the page");
    }
    if (!body.isEmpty() && !answer.headers().firstValue("X-Content-Type-Options").orElse("").equals("nosniff")) {
      harm.add("leaves its type to be guessed");
    }
    if (type.startsWith("text/csv")
        && body.lines().flatMap(line -> Stream.of(line.split(",", -1)))
            .anyMatch(cell -> cell.matches("\"?([=@\t\uFF1D\uFF20\uFF0B\uFF0D].*|[+-](?![0-9 ().,-]*\"?$).*)"))) {
      harm.add("is a formula in the file");
    }
    if (body.contains("java.lang.") || body.contains("SQLException") || body.contains("\tat portrait.")) {
      harm.add("shows the inside of the product");
    }
    return harm;
  }

  private void assertUnharmed(int atLeast) {
    try (var several = Executors.newFixedThreadPool(AT_ONCE)) {
      questions.forEach(several::submit);
    }
    var bystander = portrait.get("/api/v1/profiles/user_id/bystander");
    assertEquals("=1+1", bystander.path("attributes").path("city").asString());
    assertEquals("", harmed.stream().limit(50).collect(Collectors.joining("\n")));
    assertTrue(questions.size() > atLeast, () -> "only %d requests were made".formatted(questions.size()));
  }
}
