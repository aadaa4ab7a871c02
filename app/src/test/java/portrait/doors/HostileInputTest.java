package portrait.doors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.security.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whatever arrives is answered 200, with the wrong messages in the quarantine, or with a clear 4xx: never 500. And
/// nobody's portrait is harmed by it.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class HostileInputTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final List<String> SINGLE = List.of("identify", "track", "page", "screen", "group", "alias");
  private static final List<String> BATCH = List.of("/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch");

  /// A message that is right for every type; each of its fields is made wrong in turn.
  private static final List<String> FIELDS = List.of("type", "userId", "anonymousId", "previousId", "groupId", "event",
      "name", "category", "traits", "properties", "context", "messageId", "timestamp", "originalTimestamp", "sentAt",
      "integrations", "unheardOf");
  private static final List<String> INNER = List.of("traits.email", "traits.phone", "traits.name", "properties.revenue",
      "context.device", "context.externalIds", "context.traits");

  private static final List<String> VALUES = List.of("null", "true", "0", "-1", "1e308", "1e999", "-1e999", "0.1e-400",
      "9".repeat(90), "9".repeat(120), "9223372036854775808", "\"\"", "\"   \"", "\"\\u0000\"", "\"\\ud800\"",
      "\"\\udc00\\ud800\"", "\"" + "x".repeat(5_000) + "\"", "\"" + "\\u0000".repeat(500) + "\"", "[]", "[[]]",
      "[null]",
      "[{\"id\": 1, \"type\": {}}, 7, {\"type\": \"customer\", \"id\": \"x\"}, {\"type\": \"\\u0000\", \"id\": \"\\ud800\"}]",
      "{}", "{\"\": \"\"}", "{\"a.b\": 1, \"a\": {\"b\": 2}}", "{\"\\u0000\": \"\\u0000\"}", "{\"id\": {\"id\": []}}",
      "[".repeat(50) + "]".repeat(50), "{\"a\": ".repeat(40) + "1" + "}".repeat(40), "\"2026-13-45T99:99:99Z\"",
      "\"0000-00-00\"", "\"yesterday\"", "\"9999-12-31T23:59:59Z\"", "\"-999999999-01-01T00:00:00Z\"",
      "\"+999999999-12-31T23:59:59Z\"", "\"1600-01-01\"", "253402300800000", "-9223372036854775808",
      "\"2026-11-22T12:00:00+99:99\"", "\"2026-11-22\\u0000\"", "\"'; DROP TABLE event; --\"", "\"<script>\"");

  private final TestDatabases.Product product;
  private final HttpClient client = HttpClient.newHttpClient();
  private TestPortrait portrait;
  private String authorization;

  HostileInputTest(TestDatabases.Product product) {
    this.product = product;
  }

  @BeforeEach
  void open(@TempDir Path home) {
    portrait = TestPortrait.in(home, product.settings(home));
    String key = portrait.parts().security().createKey(Role.COLLECT, "hostile").key().reveal();
    authorization = "Basic " + Base64.getEncoder().encodeToString((key + ":").getBytes(StandardCharsets.UTF_8));
    send("/v1/identify", """
        {"userId": "bystander", "anonymousId": "b", "traits": {"city": "Lyon"}}""");
    send("/v1/identify", """
        {"userId": "victim", "anonymousId": "v", "traits": {"city": "Oslo"}}""");
  }

  @AfterEach
  void close() {
    client.close();
    portrait.close();
  }

  @Test
  void everyFieldMayHoldAnythingInABatch() {
    var messages = new ArrayList<String>();
    for (String type : SINGLE) {
      hostile().map(message -> message.replace("\"TYPE\"", '"' + type + '"')).forEach(messages::add);
    }
    int place = 0;
    long quarantined = 0;
    for (int start = 0; start < messages.size(); start += 100) {
      var some = messages.subList(start, Math.min(messages.size(), start + 100));
      var answer = send(BATCH.get(place++ % BATCH.size()), "{\"batch\": [" + String.join(",", some) + "]}");
      assertEquals(200, answer.statusCode(), answer.body());
      var counts = JSON.readTree(answer.body());
      assertEquals(some.size(),
          counts.path("accepted").asInt() + counts.path("duplicate").asInt() + counts.path("rejected").asInt());
      assertEquals(counts.path("rejected").asInt(), counts.path("rejections").size());
      quarantined += counts.path("rejected").asInt();
    }
    assertEquals(quarantined, kept(), "every refused message is in the quarantine, with how often it came");
    assertNobodyIsHarmed();
  }

  @Test
  void everyFieldMayHoldAnythingAlone() throws InterruptedException, ExecutionException {
    var messages = hostile().toList();
    // All addresses judge alike, so they share the messages; many at once share what the disk forces.
    var sent = IntStream.range(0, messages.size()).<Callable<Void>>mapToObj(i -> () -> {
      String type = SINGLE.get(i % SINGLE.size());
      var answer = send("/v1/" + (i / SINGLE.size() % 2 == 0 ? type : type.substring(0, 1)), messages.get(i));
      assertEquals(200, answer.statusCode(), messages.get(i) + "\n" + answer.body());
      return null;
    }).toList();
    try (var threads = Executors.newFixedThreadPool(16)) {
      for (var each : threads.invokeAll(sent)) {
        each.get();
      }
    }
    assertNobodyIsHarmed();
  }

  private static Stream<byte[]> bodies() {
    String deep = "[".repeat(100_000);
    return Stream.of("", "null", "7", "\"text\"", "[]", "[[[]]]", "{", "}", "{}{}", "{\"userId\": \"u\"} x",
        "{'userId': 1}",
        "{\"userId\": \"victim\", \"event\": \"E\", \"userId\": \"bystander\", \"event\": \"F\"}", "\u0000", "\uFEFF{}",
        "NaN",
        "{\"userId\": NaN}", deep, "{\"properties\": " + deep, "{\"a\": ".repeat(100_000),
        "{\"userId\": " + "9".repeat(400_000) + "}",
        "{\"batch\": {}}", "{\"batch\": null}", "{\"batch\": [[]]}", "{\"batch\": [{\"batch\": [{}]}]}",
        "{\"batch\": [" + deep,
        "{\"batch\": [], \"batch\": []}", "{\"batch\": [], \"context\": 7, \"sentAt\": {}, \"writeKey\": []}",
        "{\"batch\": [{\"type\": \"page\", \"userId\": \"x\"}], \"context\": {\"device\": \"\\ud800\", \"\\u0000\": 1e999}}",
        "{\"batch\": [" + "{},".repeat(2_600) + "{}]}", "{\"x\": \"" + "y".repeat(10_000_000) + "\"}",
        "{\"" + "k".repeat(60_000) + "\": 1}", "--- !!javax.script.ScriptEngineManager []", "<xml/>")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  private static Stream<byte[]> bodiesOfBytes() {
    String message = "{\"userId\": \"x\", \"event\": \"é\", \"batch\": []}";
    return Stream.of(message.getBytes(StandardCharsets.ISO_8859_1), message.getBytes(StandardCharsets.UTF_16),
        message.getBytes(StandardCharsets.UTF_16LE), message.getBytes(StandardCharsets.UTF_16BE), new byte[]{-1, -2},
        new byte[]{(byte) 0xed, (byte) 0xa0, (byte) 0x80}, new byte[64],
        Arrays.copyOf(new byte[]{0x1f, (byte) 0x8b}, 40));
  }

  private static Stream<byte[]> everyBody() {
    return Stream.concat(bodies(), bodiesOfBytes());
  }

  @Test
  void anyBodyIsAnsweredClearly() {
    for (byte[] body : everyBody().toList()) {
      for (String path : List.of("/v1/track", "/v1/i", "/v1/batch", "/v1/import/", "/beacon/v1/batch")) {
        var answer = send(path, body, "identity");
        assertClear(answer, path + " " + beginning(body));
      }
    }
    assertNobodyIsHarmed();
  }

  @Test
  void whatIsPackedWronglyIsAnsweredClearly() throws IOException {
    var bomb = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bomb)) {
      gzip.write(new byte[20_000_000]);
    }
    for (String encoding : List.of("gzip", "deflate", "br", "gzip, gzip")) {
      for (byte[] body : List.of(new byte[0], new byte[100], "{}".getBytes(StandardCharsets.UTF_8), bomb.toByteArray(),
          Arrays.copyOf(bomb.toByteArray(), 200))) {
        int status = send("/v1/batch", body, encoding).statusCode();
        assertTrue(status == 400 || status == 413, encoding + " is answered " + status);
      }
    }
  }

  @Test
  void anythingMayBeLookedUp() {
    var values = List.of("%00", "%ED%A0%80", "%FF", "%2F..%2F..", "..%2f", "%20", "%F0%9F%98%80", "a%0Ab",
        "'%20OR%201=1", "x".repeat(1_025), "x".repeat(6_000), "%252F", ";", "%3Cscript%3E", "a%2F%2Fb");
    for (String value : values) {
      for (String namespace : List.of("user_id", "customer", "%00", "x".repeat(2_000), "%ED%A0%80")) {
        for (String below : List.of("", "/segments", "/events", "/identities", "/lineage")) {
          assertClear(get("/api/v1/profiles/" + namespace + "/" + value + below), namespace + " " + value + below);
        }
      }
    }
    for (String query : List.of("limit=0", "limit=-1", "limit=1e9", "limit=99999999999", "limit=%00", "from=yesterday",
        "from=%2B999999999-12-31T23:59:59Z", "to=-999999999-01-01T00:00:00Z", "from=%00", "cursor=x", "cursor=%00",
        cursor("+1000000000-12-31T23:59:59.999999999Z x"), cursor("-1000000000-01-01T00:00:00Z x"),
        cursor("2026-11-22T12:00:00Z \0"), cursor("2026-11-22T12:00:00Z"), cursor(""), "name=%00", "name=%ED%A0%80",
        "name=" + "n".repeat(4_000), "from=2027-01-01T00:00:00Z&to=2026-01-01T00:00:00Z")) {
      assertClear(get("/api/v1/profiles/user_id/victim/events?" + query), query);
    }
    for (String fields : List.of("nonsense", "attributes.%00", ".", "attributes.", "segments.x", "%ED%A0%80")) {
      assertClear(get("/api/v1/profiles/user_id/victim?fields=" + fields), fields);
    }
    assertNobodyIsHarmed();
  }

  private static String cursor(String plain) {
    return "cursor=" + Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anyBodyOfManyLookUpsIsAnsweredClearly() {
    var bodies = new ArrayList<>(everyBody().toList());
    for (String value : VALUES) {
      bodies.add(("{\"identities\": " + value + "}").getBytes(StandardCharsets.UTF_8));
      bodies.add(("{\"identities\": [" + value + "]}").getBytes(StandardCharsets.UTF_8));
      bodies.add(("{\"identities\": [{\"namespace\": \"user_id\", \"value\": " + value + "}]}")
          .getBytes(StandardCharsets.UTF_8));
      bodies.add(("{\"identities\": [{\"namespace\": " + value + ", \"value\": \"victim\"}]}")
          .getBytes(StandardCharsets.UTF_8));
      bodies.add(("{\"identities\": [], \"fields\": " + value + "}").getBytes(StandardCharsets.UTF_8));
      bodies.add(("{\"identities\": [], \"fields\": [" + value + "]}").getBytes(StandardCharsets.UTF_8));
    }
    bodies.add("a: &a [x]\nb: &b [*a,*a]\nidentities: [*b,*b,*b]".getBytes(StandardCharsets.UTF_8));
    for (byte[] body : bodies) {
      var answer = ask(HttpRequest.newBuilder(at("/api/v1/profiles/lookup"))
          .header("Authorization", "Bearer " + portrait.parts().server().key().reveal())
          .POST(BodyPublishers.ofByteArray(body)));
      assertClear(answer, beginning(body));
    }
  }

  @Test
  void onePersonMayBeClaimedByAHundredThousandIds() {
    // Each is several round trips to a PostgreSQL.
    int batches = product == TestDatabases.Product.SQLITE ? 100 : 2;
    int each = 1_000;
    for (int batch = 0; batch < batches; batch++) {
      int first = batch * each;
      String messages = IntStream.range(first, first + each)
          .mapToObj(i -> "{\"type\":\"page\",\"userId\":\"victim\",\"anonymousId\":\"many-%d\"}".formatted(i))
          .collect(Collectors.joining(","));
      var answer = send("/v1/batch", "{\"batch\": [" + messages + "]}");
      assertEquals(200, answer.statusCode(), answer.body());
      assertEquals(each, JSON.readTree(answer.body()).path("accepted").asInt());
    }
    var victim = portrait.get("/api/v1/profiles/user_id/victim");
    assertTrue(victim.path("identities").size() <= 202, "as many visitors as one person can be");
    var graph = portrait.get("/api/v1/profiles/user_id/victim/identities");
    int links = graph.path("links").size();
    assertTrue(links <= 502, "beyond the bound nothing is added, but there are " + links);
    var notLinked = graph.path("notLinked");
    assertEquals(1, notLinked.size());
    assertEquals("{\"namespace\":\"user_id\",\"value\":\"victim\"}", notLinked.get(0).path("identity").toString());
    int times = notLinked.get(0).path("times").asInt();
    assertTrue(times > batches * each - 1_000, "most are left out, but only %d are told".formatted(times));
    assertEquals("{\"namespace\":\"anonymous_id\",\"value\":\"many-%d\"}".formatted(batches * each - 1),
        notLinked.get(0).path("last").toString());
    String metrics = ask(HttpRequest.newBuilder(at("/metrics"))).body();
    assertTrue(metrics.contains("portrait_identities_left_out_total %s".formatted((double) times)), metrics);
    String card = get("/customers/" + victim.path("customerId").asString()).body();
    assertTrue(card.contains("was seen with so many other ids that further ones are not linked to it"), card);
    assertTrue(
        portrait.get("/api/v1/profiles/user_id/victim/events?limit=1").path("events").get(0).path("identities")
            .valueStream().anyMatch(identity -> identity.path("value").asString().startsWith("many-")),
        "the event keeps what was left out");
    assertEquals(200, get("/api/v1/profiles/user_id/victim/lineage").statusCode());
    assertNobodyIsHarmed();
  }

  /// One message for each field and each wrong value; all by the victim, as far as they still say so.
  private static Stream<String> hostile() {
    return Stream.concat(FIELDS.stream(), INNER.stream()).flatMap(field -> VALUES.stream().map(value -> {
      int dot = field.indexOf('.');
      String name = dot < 0 ? field : field.substring(0, dot);
      String wrong = dot < 0 ? value : "{\"%s\": %s}".formatted(field.substring(dot + 1), value);
      return Stream.of("type", "userId", "event", "groupId", "previousId").filter(other -> !other.equals(name))
          .map(other -> switch (other) {
            case "type" -> "\"type\": \"TYPE\"";
            case "userId" -> "\"userId\": \"victim\"";
            case "previousId" -> "\"previousId\": \"v\"";
            default -> "\"%s\": \"fine\"".formatted(other);
          }).collect(Collectors.joining(", ", "{", ", \"%s\": %s}".formatted(name, wrong)));
    }));
  }

  private long kept() {
    long kept = 0;
    for (String cursor = ""; cursor != null;) {
      var page = portrait.get("/api/v1/quarantine?limit=1000" + cursor);
      for (JsonNode message : page.path("messages")) {
        kept += message.path("times").asLong();
      }
      cursor = page.path("next").isString() ? "&cursor=" + page.path("next").asString() : null;
    }
    return kept;
  }

  private void assertNobodyIsHarmed() {
    var bystander = portrait.get("/api/v1/profiles/user_id/bystander");
    var victim = portrait.get("/api/v1/profiles/user_id/victim");
    assertNotEquals(bystander.path("customerId"), victim.path("customerId"));
    assertEquals("Lyon", bystander.path("attributes").path("city").asString());
    assertEquals("Oslo", victim.path("attributes").path("city").asString());
    assertEquals(portrait.now(), Instant.parse(victim.path("lastSeen").asString()));
    assertTrue(Instant.parse(victim.path("firstSeen").asString()).isAfter(Instant.parse("1899-12-31T23:59:59Z")));
    for (String below : List.of("/segments", "/events?limit=1000", "/identities", "/lineage")) {
      assertEquals(200, get("/api/v1/profiles/user_id/victim" + below).statusCode(), below);
    }
    assertEquals(200, send("/v1/track", "{\"userId\": \"victim\", \"event\": \"Alive\"}").statusCode());
  }

  private static void assertClear(HttpResponse<String> answer, String what) {
    int status = answer.statusCode();
    assertTrue(status == 200 || status >= 400 && status < 500,
        () -> "%s was answered %d: %s".formatted(what, status, answer.body()));
  }

  private static String beginning(byte[] body) {
    return new String(body, 0, Math.min(80, body.length), StandardCharsets.UTF_8);
  }

  private HttpResponse<String> send(String path, String body) {
    return send(path, body.getBytes(StandardCharsets.UTF_8), "identity");
  }

  private HttpResponse<String> send(String path, byte[] body, String encoding) {
    return ask(HttpRequest.newBuilder(at(path)).header("Authorization", authorization)
        .header("Content-Encoding", encoding).POST(BodyPublishers.ofByteArray(body)));
  }

  private HttpResponse<String> get(String path) {
    return ask(HttpRequest.newBuilder(at(path)).header("Authorization",
        "Bearer " + portrait.parts().server().key().reveal()));
  }

  private URI at(String path) {
    return URI.create(portrait.parts().server().url() + path);
  }

  private HttpResponse<String> ask(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }
}
