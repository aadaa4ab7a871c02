package portrait.doors.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import portrait.TestPortrait;
import portrait.app.Configuration;
import portrait.doors.http.RateLimits;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.events.MessageLimits;
import portrait.stages.events.QuarantineLimits;
import tools.jackson.databind.json.JsonMapper;

/// What somebody learns who finds a limited key in a web page.
class LimitedKeysTest {

  private static final String SHOP = "https://shop.example.com";
  private static final String VISITOR = "/api/v1/profiles/anonymous_id/a1";

  private final HttpClient client = HttpClient.newHttpClient();
  private TestPortrait portrait;
  private String key;

  @BeforeEach
  void open(@TempDir Path home) {
    portrait = TestPortrait.in(home);
    portrait.apply("""
        kind: Segment
        name: fans
        spec: { title: Fans, where: { event: Product Viewed, within: 30d, count: { at_least: 1 } } }
        ---
        kind: Segment
        name: secret
        spec: { title: Secret, where: { event: Product Viewed, within: 30d, count: { at_least: 1 } } }
        ---
        kind: Measure
        name: views
        spec: { title: Views, aggregate: count, event: Product Viewed }
        ---
        kind: Measure
        name: hidden_views
        spec: { title: Hidden, aggregate: count, event: Product Viewed }
        """);
    portrait.collect("/v1/identify", """
        {"userId": "u1", "anonymousId": "a1", "traits": {"email": "ann@example.com", "city": "Lyon"}}""");
    portrait.collect("/v1/track", """
        {"anonymousId": "a1", "event": "Product Viewed", "properties": {"category": "leather-shoes"}}""");
    key = made("""
        {"role": "lookup", "name": "page", "limits": {"attributes": ["city"], "measures": ["views"],
         "segments": ["fans"], "origins": ["%s"]}}""".formatted(SHOP));
  }

  @AfterEach
  void close() {
    client.close();
    portrait.close();
  }

  @Test
  void aLimitedKeySeesWhatItNamesAndNothingElse() {
    assertEquals("""
        {"kind":"person","known":true,"attributes":{"city":"Lyon"},"measures":{"views":1},"segments":["fans"]}""",
        get(VISITOR, SHOP).body());
    var segments = JsonMapper.builder().build().readTree(get(VISITOR + "/segments", SHOP).body()).path("segments");
    assertEquals(1, segments.size());
    assertEquals("fans", segments.path(0).path("name").asString());
    assertEquals("{\"attributes\":{\"city\":\"Lyon\"},\"segments\":[\"fans\"]}",
        get(VISITOR + "?fields=attributes,segments", SHOP).body());
  }

  @ParameterizedTest
  @ValueSource(strings = {VISITOR + "/events", VISITOR + "/identities", VISITOR + "/lineage",
      VISITOR + "?fields=identities", VISITOR + "?fields=customerId", VISITOR + "?fields=attributes.email",
      VISITOR + "?fields=attributes.not_there", VISITOR + "?fields=measures.hidden_views",
      VISITOR + "?fields=firstSeen",
      "/api/v1/profiles/user_id/u1", "/api/v1/profiles/email/ann@example.com", "/api/v1/profiles/user_id/nobody",
      "/api/v1/profiles/user_id/u1/segments", "/api/v1/users/me", "/api/v1/segments", "/api/v1/keys"})
  void everythingElseIsRefusedWhetherItIsThereOrNot(String address) {
    var answer = get(address, SHOP);

    assertEquals(403, answer.statusCode(), answer.body());
    assertFalse(answer.body().contains("Lyon") || answer.body().contains("ann@"), answer.body());
  }

  @Test
  void manyAtOnceAreRefused() {
    var answer = send(HttpRequest.newBuilder(portrait.parts().server().url().resolve("/api/v1/profiles/lookup"))
        .header("Authorization", "Bearer " + key).POST(HttpRequest.BodyPublishers.ofString("""
            {"identities": [{"namespace": "anonymous_id", "value": "a1"}]}""")));

    assertEquals(403, answer.statusCode());
  }

  @Test
  void scriptsOfOtherWebSitesAreRefused() {
    var own = get(VISITOR, SHOP);
    var other = get(VISITOR, "https://shop.example.com.evil.org");

    assertEquals(SHOP, own.headers().firstValue("Access-Control-Allow-Origin").orElseThrow());
    assertTrue(own.headers().allValues("Vary").contains("Origin"));
    assertEquals(403, other.statusCode());
    assertTrue(other.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
  }

  @Test
  void theTagOfAnAnswerSaysNothingAboutWhatIsHidden() {
    String before = get(VISITOR, SHOP).headers().firstValue("ETag").orElseThrow();
    portrait.collect("/v1/identify", """
        {"userId": "u1", "anonymousId": "a1", "traits": {"salary": 100000}}""");

    assertEquals(before, get(VISITOR, SHOP).headers().firstValue("ETag").orElseThrow());
    assertEquals(304, send(request(VISITOR, SHOP).header("If-None-Match", before)).statusCode());
  }

  @Test
  void askingTooOftenIsToldToWait(@TempDir Path home) {
    portrait.close();
    portrait = TestPortrait.of(new Configuration(home, "127.0.0.1", 0, TestDatabases.sqlite(home),
        WarehouseSettings.inMemory(), MessageLimits.STANDARD, QuarantineLimits.STANDARD, new RateLimits(1, 0, 0),
        Optional.empty()));
    key = made("{\"role\": \"lookup\", \"name\": \"page\", \"limits\": {\"segments\": [\"fans\"]}}");

    var last = get(VISITOR, SHOP);
    for (int i = 0; i < 50 && last.statusCode() != 429; i++) {
      last = get(VISITOR, SHOP);
    }

    assertEquals(429, last.statusCode());
    assertEquals("1", last.headers().firstValue("Retry-After").orElseThrow());
  }

  @Test
  void limitsAreForLookUpKeysAndMustMakeSense() {
    assertEquals(400, portrait.exchange("POST", "/api/v1/keys", """
        {"role": "viewer", "name": "n", "limits": {"segments": ["fans"]}}""").statusCode());
    assertEquals(400, portrait.exchange("POST", "/api/v1/keys", """
        {"role": "lookup", "name": "n", "limits": {"origins": ["https://shop.example.com/path"]}}""").statusCode());
    assertEquals(400, portrait.exchange("POST", "/api/v1/keys", """
        {"role": "lookup", "name": "n", "limits": {"segments": "fans"}}""").statusCode());
    var shown = portrait.get("/api/v1/keys").path("keys").valueStream()
        .filter(one -> one.path("name").asString().equals("page")).findFirst().orElseThrow().path("limits");
    assertEquals("[\"anonymous_id\"]", shown.path("namespaces").toString());
  }

  private String made(String json) {
    var answer = portrait.exchange("POST", "/api/v1/keys", json);
    assertEquals(201, answer.statusCode(), answer.body());
    return JsonMapper.builder().build().readTree(answer.body()).path("key").asString();
  }

  private HttpResponse<String> get(String address, String origin) {
    return send(request(address, origin));
  }

  private HttpRequest.Builder request(String address, String origin) {
    return HttpRequest.newBuilder(portrait.parts().server().url().resolve(address))
        .header("Authorization", "Bearer " + key).header("Origin", origin);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new AssertionError(failure);
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }
}
