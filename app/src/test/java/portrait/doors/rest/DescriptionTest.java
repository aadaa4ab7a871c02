package portrait.doors.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.processes.demo.DemoSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The published description tells what the server does: each of its examples is sent to the sample shop, and what comes
/// back has the status and the shape that are described, with no field that is not.
final class DescriptionTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final JsonNode ANY_OBJECT = JSON.createObjectNode().put("type", "object");

  /// What the examples speak of, beside the shop.
  private static final String MORE = """
      kind: Measure
      name: orders_by_channel
      spec: { title: Orders by channel, event: Order Completed, dimensions: { channel: channel }, calculations: { orders: { aggregate: count } } }
      ---
      kind: Purpose
      name: newsletter
      spec: { title: Newsletter, unknown: denied }
      ---
      kind: MergePolicy
      name: newest-city
      spec: { title: Newest city, attributes: { city: most_recent } }
      ---
      kind: Segment
      name: press-list
      spec: { title: Press, static: true }
      ---
      kind: Schedule
      name: nightly
      spec: { run: refresh, at: ["03:00"], active: false }
      ---
      kind: Connection
      name: data-lake
      spec: { title: Data lake, type: disk, settings: { folder: lake } }
      ---
      kind: Connection
      name: braze-eu
      spec: { title: Braze, type: braze, settings: { endpoint: rest.fra-01.braze.eu, api_key: { secret: braze-eu.api_key } } }
      ---
      kind: Connection
      name: team-mail
      spec: { title: Team, type: email, settings: { host: localhost, from: shop@example.com, to: team@example.com } }
      ---
      kind: Trigger
      name: many-shoe-fans
      spec: { title: Many shoe fans, when: segment_size, segment: leather-shoe-fans, above: 10000, connection: team-mail }
      ---
      kind: Export
      name: shoe-fans
      spec: { title: Shoe fans, connection: data-lake, segments: [leather-shoe-fans], columns: [city] }
      ---
      kind: Enrichment
      name: phones
      spec: { title: Phone numbers, provider: phone, settings: { country: FR }, inputs: { phone: phone }, attributes: { phone_e164: e164 } }
      """;

  /// What the server gives out and no description can know: where the newest one is told, by the beginning of the path.
  private static final Map<String, Told> GIVEN = Map.of("/api/v1/jobs/{id}", new Told("/api/v1/jobs", "/jobs/0/id"),
      "/api/v1/keys/{id}", new Told("/api/v1/keys", "/keys/0/id"),
      "/api/v1/quarantine/{id}", new Told("/api/v1/quarantine", "/messages/0/id"),
      "/api/v1/privacy/certificates/{id}", new Told("/api/v1/privacy/certificates", "/certificates/0/id"),
      "/api/v1/backups/{name}", new Told("/api/v1/backups", "/backups/0/name"),
      "/api/v1/exports/{name}/runs/{run}", new Told("/api/v1/exports/shoe-fans/runs", "/runs/0/id"));

  /// What is not sent, and why.
  private static final Map<String, String> NOT_SENT = Map.of(
      "PUT /api/v1/users/me/password", "for people who are signed in; a key has no password",
      "GET /api/v1/households/{namespace}/{value}", "the shop has no households",
      "GET /api/v1/unification/pair", "the shop has no probabilistic rule");

  private record Told(String path, String pointer) {}

  /// One operation of the description.
  private record Operation(String method, String path, JsonNode described) {

    String name() {
      return "%s %s".formatted(method.toUpperCase(java.util.Locale.ROOT), path);
    }
  }

  @TempDir
  Path home;
  private final List<String> wrong = new ArrayList<>();
  /** Ids that were answered when something was begun, by its path. */
  private final Map<String, String> begun = new HashMap<>();

  @Test
  void everyExampleIsAnsweredAsItIsDescribed() throws IOException {
    var description = description();
    try (var portrait = TestPortrait.in(home)) {
      portrait.parts().demo().fill(home.resolve("demo"), new DemoSize(0, 0, 1), (_, _, _) -> {});
      portrait.apply(MORE);
      portrait.rollOut();
      for (String refused : List.of("{\"event\": \"One\"}", "{\"event\": \"Two\"}")) {
        portrait.collect("/v1/track", refused);
      }
      var operations = operations(description);
      for (String round : List.of("post put patch", "get", "delete")) {
        for (var operation : operations) {
          if (round.contains(operation.method()) && !NOT_SENT.containsKey(operation.name())) {
            send(portrait, description, operation);
          }
        }
      }
    }
    assertEquals("", String.join("\n", wrong));
  }

  /// Whatever programs may do leaves a home that follows from its facts.
  private static void assertNothingToMend(JsonNode report) {
    assertEquals(0, report.path("differences").asInt(-1), report::toString);
  }

  private void send(TestPortrait portrait, JsonNode description, Operation operation) {
    String path = given(portrait, operation.path());
    var headers = new HashMap<String, String>();
    var query = new ArrayList<String>();
    for (var parameter : parameters(description, operation)) {
      String name = parameter.path("name").asString();
      String example = encoded(parameter.path("example").asString(""));
      switch (parameter.path("in").asString()) {
        case "path" -> path = path.replace("{" + name + "}", example);
        case "header" -> {
          if (parameter.has("example")) {
            headers.put(name, parameter.path("example").asString());
          }
        }
        default -> {
          if (parameter.has("example")) {
            query.add(name + "=" + example);
          }
        }
      }
    }
    if (!query.isEmpty()) {
      path += "?" + String.join("&", query);
    }
    var bodies = operation.described().path("requestBody").path("content").properties().stream()
        .filter(body -> body.getValue().has("example")).toList();
    if (bodies.isEmpty()) {
      check(portrait, description, operation, portrait.exchange(upper(operation), path, "", headers));
    }
    for (var body : bodies) {
      var example = body.getValue().path("example");
      headers.put("Content-Type", body.getKey());
      check(portrait, description, operation, portrait.exchange(upper(operation), path,
          example.isString() ? example.asString() : example.toString(), headers));
    }
  }

  private String given(TestPortrait portrait, String path) {
    for (var given : GIVEN.entrySet()) {
      if (path.startsWith(given.getKey())) {
        var told = given.getValue();
        String id = portrait.get(told.path()).at(told.pointer()).asString("nothing");
        return given.getKey().substring(0, given.getKey().lastIndexOf('{')).replace("{name}", "shoe-fans") + id
            + path.substring(given.getKey().length());
      }
    }
    for (var made : begun.entrySet()) {
      if (path.equals(made.getKey() + "/{id}")) {
        return made.getKey() + "/" + made.getValue();
      }
    }
    return path;
  }

  private static String upper(Operation operation) {
    return operation.method().toUpperCase(java.util.Locale.ROOT);
  }

  private void check(TestPortrait portrait, JsonNode description, Operation operation, HttpResponse<String> answer) {
    var described = operation.described().path("responses").path(String.valueOf(answer.statusCode()));
    if (described.isMissingNode()) {
      wrong.add("%s was answered %d: %s".formatted(operation.name(), answer.statusCode(), shortened(answer.body())));
      return;
    }
    var content = described.path("content");
    String type = answer.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "").strip();
    if (content.isMissingNode() ? !answer.body().isEmpty() : !content.has(type)) {
      wrong.add("%s was answered with the type '%s', described is %s".formatted(operation.name(), type, content));
      return;
    }
    if (!type.equals("application/json")) {
      return;
    }
    if (operation.path().equals("/api/v1/rebuild/{id}")) {
      assertNothingToMend(JSON.readTree(answer.body()));
    }
    var schema = content.path(type).path("schema");
    if (schema.equals(ANY_OBJECT) && !operation.path().equals("/mcp")) {
      wrong.add("%s: the answer is an object of which no field is described".formatted(operation.name()));
    }
    var root = (ObjectNode) strict(schema.deepCopy());
    root.set("components", strict(description.path("components").deepCopy()));
    var errors = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(root)
        .validate(JSON.readTree(answer.body()));
    if (answer.statusCode() == 201 || answer.statusCode() == 202) {
      String id = JSON.readTree(answer.body()).path("id").asString("");
      begun.put(operation.path(), id);
      // The next example may need what this began; what is no job has no stream.
      portrait.exchange("GET", "/api/v1/jobs/%s/stream".formatted(id), "");
    }
    errors.stream().map(Object::toString).distinct().limit(12)
        .forEach(error -> wrong.add("%s: %s".formatted(operation.name(), error)));
  }

  /// Objects whose fields are described have no others.
  private static JsonNode strict(JsonNode schema) {
    if (schema instanceof ObjectNode object && object.path("properties").isObject()
        && !object.has("additionalProperties") && !object.has("allOf")) {
      object.put("additionalProperties", false);
    }
    schema.forEach(DescriptionTest::strict);
    return schema;
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(400, text.length()));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static List<JsonNode> parameters(JsonNode description, Operation operation) {
    return Stream.of(description.path("paths").path(operation.path()).path("parameters"),
        operation.described().path("parameters")).flatMap(JsonNode::valueStream).toList();
  }

  private static List<Operation> operations(JsonNode description) {
    return description.path("paths").properties().stream().flatMap(path -> path.getValue().properties().stream()
        .filter(operation -> !operation.getKey().equals("parameters"))
        .map(operation -> new Operation(operation.getKey(), path.getKey(), operation.getValue()))).toList();
  }

  private static JsonNode description() throws IOException {
    try (var stream = Objects.requireNonNull(Rest.class.getResourceAsStream("openapi.yaml"))) {
      return YAMLMapper.builder().build().readTree(stream);
    }
  }
}
