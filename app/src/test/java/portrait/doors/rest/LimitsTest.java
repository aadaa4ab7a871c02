package portrait.doors.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.app.Configuration;
import portrait.doors.http.RateLimits;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.security.Role;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.events.MessageLimits;
import portrait.stages.events.QuarantineLimits;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How often callers may ask, and what is counted of it.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class LimitsTest {

  private static final int MANY = 200;

  @TempDir
  Path home;
  private final TestDatabases.Product product;

  LimitsTest(TestDatabases.Product product) {
    this.product = product;
  }

  private TestPortrait portrait(RateLimits rates) {
    return TestPortrait.of(new Configuration(home, "127.0.0.1", 0, product.settings(home),
        WarehouseSettings.inMemory(), MessageLimits.STANDARD, QuarantineLimits.STANDARD, rates, Optional.empty()));
  }

  @Test
  void oneKeyIsBoundedAndTheOthersAreNot() {
    try (var portrait = portrait(new RateLimits(0, 1, 0))) {
      var busy = Map.of("Authorization", "Bearer " + key(portrait, Role.VIEWER));
      var first = portrait.exchange("GET", "/api/v1/segments", "", busy);
      assertEquals("1", first.headers().firstValue("RateLimit-Limit").orElse(""));
      assertEquals("1", first.headers().firstValue("RateLimit-Remaining").orElse(""));
      var last = first;
      for (int i = 0; i < MANY && last.statusCode() == 200; i++) {
        last = portrait.exchange("GET", "/api/v1/segments", "", busy);
      }
      refused(last);
      assertEquals(200, portrait.exchange("GET", "/api/v1/segments", "",
          Map.of("Authorization", "Bearer " + key(portrait, Role.VIEWER))).statusCode());
      // Commands on the server's own machine are not bounded.
      assertEquals(Optional.empty(), portrait.exchange("GET", "/api/v1/segments", "").headers().firstValue(
          "RateLimit-Limit"));
    }
  }

  @Test
  void aKeyMayHaveARateOfItsOwn() {
    try (var portrait = portrait(new RateLimits(0, 1_000, 0))) {
      var made = portrait.exchange("POST", "/api/v1/keys", """
          {"role": "viewer", "name": "report", "requestsPerSecond": 1}""");
      assertEquals(201, made.statusCode(), made.body());
      var slow = Map.of("Authorization", "Bearer " + JsonMapper.shared().readTree(made.body()).path("key").asString());
      var first = portrait.exchange("GET", "/api/v1/segments", "", slow);
      assertEquals("1", first.headers().firstValue("RateLimit-Limit").orElse(""));
      var last = first;
      for (int i = 0; i < MANY && last.statusCode() == 200; i++) {
        last = portrait.exchange("GET", "/api/v1/segments", "", slow);
      }
      refused(last);
      assertEquals("1000", portrait.exchange("GET", "/api/v1/segments", "",
          Map.of("Authorization", "Bearer " + key(portrait, Role.VIEWER))).headers().firstValue("RateLimit-Limit")
          .orElse(""));
      assertEquals(List.of("1"), portrait.get("/api/v1/keys").path("keys").valueStream()
          .filter(each -> each.path("name").asString().equals("report"))
          .map(each -> each.path("requestsPerSecond").toString()).toList());
      assertEquals(400, portrait.exchange("POST", "/api/v1/keys", """
          {"role": "viewer", "name": "report", "requestsPerSecond": 0}""").statusCode());
      assertTrue(portrait.exchange("GET", "/keys", "").body().contains("up to 1 requests a second"));
    }
  }

  @Test
  void theRateOfAKeyIsChangedLater() {
    try (var portrait = portrait(new RateLimits(0, 1_000, 0))) {
      var made = JsonMapper.shared().readTree(portrait.exchange("POST", "/api/v1/keys", """
          {"role": "viewer", "name": "report"}""").body());
      String address = "/api/v1/keys/" + made.path("id").asString();
      var caller = Map.of("Authorization", "Bearer " + made.path("key").asString());
      assertEquals("1000", rate(portrait, caller));

      var changed = portrait.exchange("PATCH", address, "{\"requestsPerSecond\": 7}");
      assertEquals(200, changed.statusCode(), changed.body());
      assertEquals(7, JsonMapper.shared().readTree(changed.body()).path("requestsPerSecond").asInt());
      assertEquals("7", rate(portrait, caller));
      assertTrue(portrait.exchange("GET", "/api/v1/audit", "").body().contains(
          "from what holds for all keys to 7 requests a second"));

      assertEquals(200, portrait.exchange("PATCH", address, "{\"requestsPerSecond\": null}").statusCode());
      assertEquals("1000", rate(portrait, caller));

      for (String odd : List.of("{}", "{\"requestsPerSecond\": 0}", "{\"requestsPerSecond\": \"many\"}",
          "{\"requestsPerSecond\": 5, \"role\": \"admin\"}")) {
        assertEquals(400, portrait.exchange("PATCH", address, odd).statusCode(), odd);
      }
      assertEquals(404, portrait.exchange("PATCH", "/api/v1/keys/none", "{\"requestsPerSecond\": 5}").statusCode());
      assertEquals("1000", rate(portrait, caller));

      String page = "/keys/%s/rate".formatted(made.path("id").asString());
      assertTrue(portrait.exchange("GET", "/keys", "").body().contains("action=\"%s\"".formatted(page)));
      assertEquals(303, portrait.submit(page, "perSecond=9").statusCode());
      assertEquals("9", rate(portrait, caller));
      assertEquals(303, portrait.submit(page, "perSecond=").statusCode());
      assertEquals("1000", rate(portrait, caller));

      portrait.exchange("DELETE", address, "");
      assertEquals(409, portrait.exchange("PATCH", address, "{\"requestsPerSecond\": 5}").statusCode());
    }
  }

  private static String rate(TestPortrait portrait, Map<String, String> caller) {
    return portrait.exchange("GET", "/api/v1/segments", "", caller).headers().firstValue("RateLimit-Limit").orElse("");
  }

  @Test
  void aWriteKeyInTheBodyIsBoundedToo() {
    try (var portrait = portrait(new RateLimits(0, 1, 0))) {
      String event = "{\"anonymousId\": \"a\", \"event\": \"Seen\", \"writeKey\": \"%s\"}".formatted(key(portrait,
          Role.COLLECT));
      var last = portrait.exchange("POST", "/v1/track", event, Map.of("Authorization", ""));
      assertEquals(200, last.statusCode(), last.body());
      for (int i = 0; i < MANY && last.statusCode() == 200; i++) {
        last = portrait.exchange("POST", "/v1/track", event, Map.of("Authorization", ""));
      }
      refused(last);
    }
  }

  @Test
  void oneAddressIsBoundedWhoeverItSaysItIs() {
    try (var portrait = portrait(new RateLimits(0, 0, 1))) {
      var last = portrait.exchange("GET", "/openapi.yaml", "", Map.of("Authorization", ""));
      for (int i = 0; i < MANY && last.statusCode() == 200; i++) {
        last = portrait.exchange("GET", "/openapi.yaml", "", Map.of("Authorization", ""));
      }
      refused(last);
    }
  }

  private static void refused(HttpResponse<String> answer) {
    assertEquals(429, answer.statusCode());
    assertTrue(answer.body().contains("too_many_requests"), answer.body());
    assertEquals("0", answer.headers().firstValue("RateLimit-Remaining").orElse(""));
    assertEquals("1", answer.headers().firstValue("Retry-After").orElse(""));
  }

  @Test
  void usageIsCountedByKeyAndDay() {
    try (var portrait = portrait(RateLimits.STANDARD)) {
      String collect = key(portrait, Role.COLLECT);
      for (int i = 0; i < 2; i++) {
        portrait.exchange("POST", "/v1/batch", """
            {"batch": [{"type": "track", "anonymousId": "a", "event": "Seen"},
              {"type": "track", "anonymousId": "b", "event": "Seen"}, {"type": "nonsense"}], "writeKey": "%s"}"""
            .formatted(collect), Map.of("Authorization", ""));
      }
      portrait.exchange("GET", "/api/v1/segments", "", Map.of("Authorization", "Bearer " + collect));
      portrait.exchange("GET", "/api/v1/segments", "", Map.of("Authorization", "Bearer pk_v_no"));
      assertUsage("collect", 3, 6, 1, day(portrait, "2026-11-22", "collect"));
      assertUsage("nobody", 1, 0, 1, day(portrait, "2026-11-22", "nobody"));

      portrait.passUnnoticed(Duration.ofDays(1));
      portrait.exchange("POST", "/v1/track", "{\"anonymousId\": \"a\", \"event\": \"Seen\", \"writeKey\": \"%s\"}"
          .formatted(collect), Map.of("Authorization", ""));
      assertUsage("collect", 1, 1, 0, day(portrait, "2026-11-23", "collect"));
      assertUsage("collect", 3, 6, 1, day(portrait, "2026-11-22", "collect"));
      assertEquals(0, portrait.get("/api/v1/usage?to=2026-11-21").path("days").size());
      assertEquals(400, portrait.exchange("GET", "/api/v1/usage?from=now", "").statusCode());
      assertTrue(portrait.exchange("GET", "/usage", "").body().contains(">collect<"), "the page names the key");
    }
  }

  private static void assertUsage(String name, long requests, long events, long refused, JsonNode day) {
    assertEquals("%s %d %d %d".formatted(name, requests, events, refused), "%s %d %d %d".formatted(
        day.path("name").asString(), day.path("requests").asLong(), day.path("events").asLong(),
        day.path("refused").asLong()));
  }

  private static JsonNode day(TestPortrait portrait, String day, String name) {
    return portrait.get("/api/v1/usage").path("days").valueStream().filter(each -> each.path("day").asString()
        .equals(day) && each.path("name").asString().equals(name)).findFirst().orElseThrow();
  }

  private static String key(TestPortrait portrait, Role role) {
    return portrait.parts().security().createKey(role, role.text()).key().reveal();
  }
}
