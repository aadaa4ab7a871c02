package portrait.doors.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.app.Configuration;
import portrait.doors.http.RateLimits;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.events.MessageLimits;
import portrait.stages.events.QuarantineLimits;
import tools.jackson.databind.JsonNode;

/// Refused messages through the API: seen, corrected and sent again.
class QuarantineTest {

  private static final String QUARANTINE = "/api/v1/quarantine";

  @TempDir
  Path home;

  @Test
  void aRefusedMessageIsListedOnceHoweverOftenItComes() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.collect("/v1/track", "{\"userId\": \"u1\"}");
      portrait.collect("/v1/track", "{\"userId\": \"u1\"}");
      portrait.collect("/v1/batch",
          "{\"batch\": [{\"type\": \"identify\"}, {\"type\": \"dance\", \"userId\": \"u\"}]}");

      var list = portrait.get(QUARANTINE);
      assertEquals(3, list.path("total").asInt());
      assertEquals(List.of("3", "2", "1"), ids(list));
      assertEquals("""
          {"id":"1","receivedAt":"2026-11-22T12:00:00Z","source":"live","code":"invalid_event",\
          "reason":"event is missing but a track message must name one","type":"track","times":2,"batch":{},"encoding":"text",\
          "original":"{\\"userId\\": \\"u1\\"}"}""", list.path("messages").get(2).toString());
    }
  }

  @Test
  void theListIsReadPageByPage() {
    try (var portrait = TestPortrait.in(home)) {
      for (int i = 0; i < 3; i++) {
        portrait.collect("/v1/track", "{\"userId\": \"u%d\"}".formatted(i));
      }

      var first = portrait.get(QUARANTINE + "?limit=2");
      assertEquals(List.of("3", "2"), ids(first));
      var second = portrait.get(QUARANTINE + "?limit=2&cursor=" + first.path("next").asString());
      assertEquals(List.of("1"), ids(second));
      assertTrue(second.path("next").isNull());
    }
  }

  @Test
  void aCorrectedMessageIsTakenInAsOfThenAndLeaves() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.collect("/v1/track", "{\"userId\": \"u1\"}");
      portrait.pass(java.time.Duration.ofHours(3));

      var still = portrait.exchange("POST", QUARANTINE + "/1/replay", "");
      assertEquals(400, still.statusCode());
      assertTrue(still.body().contains("event is missing"), still.body());
      assertEquals(List.of("1"), ids(portrait.get(QUARANTINE)));

      var taken = portrait.exchange("POST", QUARANTINE + "/1/replay", "{\"userId\": \"u1\", \"event\": \"Bought\"}");
      assertEquals("{\"id\":\"1\",\"accepted\":1,\"duplicate\":0}", taken.body());
      var event = portrait.get("/api/v1/profiles/user_id/u1/events").path("events").get(0);
      assertEquals("Bought", event.path("name").asString());
      assertEquals("2026-11-22T12:00:00Z", event.path("timestamp").asString());
      assertEquals(0, portrait.get(QUARANTINE).path("total").asInt());
      assertEquals(404, portrait.exchange("POST", QUARANTINE + "/1/replay", "").statusCode());
    }
  }

  @Test
  void aMessageIsThrownAway() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.collect("/v1/track", "{\"userId\": \"u1\"}");

      assertEquals(200, portrait.exchange("DELETE", QUARANTINE + "/1", "").statusCode());
      assertEquals(404, portrait.exchange("DELETE", QUARANTINE + "/1", "").statusCode());
      assertEquals(400, portrait.exchange("DELETE", QUARANTINE + "/x", "").statusCode());
    }
  }

  @Test
  void aMessageThatCouldNotBeAppliedComesBackAsItWasSent() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.collect("/v1/track", "{\"event\": \"Bought\", \"userId\": \"guest\", \"context\": {\"ip\": \"::1\"}}");

      var kept = portrait.get(QUARANTINE + "/1");
      assertEquals("the event names nobody: all its identities are junk", kept.path("reason").asString());
      assertEquals("{\"event\": \"Bought\", \"userId\": \"guest\", \"context\": {\"ip\": \"::1\"}}",
          kept.path("original").asString());
      var still = portrait.exchange("POST", QUARANTINE + "/1/replay", "{\"event\": \"Bought\", \"userId\": \"null\"}");
      assertEquals(400, still.statusCode());
      assertEquals(List.of("1"), ids(portrait.get(QUARANTINE)));

      assertEquals(200, portrait.exchange("POST", QUARANTINE + "/1/replay",
          "{\"event\": \"Bought\", \"userId\": \"u1\"}").statusCode());
      assertEquals(0, portrait.get(QUARANTINE).path("total").asInt());
    }
  }

  @Test
  void whatLeavesForWantOfRoomOrByAgeIsToldEverywhere() {
    var configuration = new Configuration(home, "127.0.0.1", 0, TestDatabases.sqlite(home),
        WarehouseSettings.inMemory(), MessageLimits.STANDARD, QuarantineLimits.of(2, 1, 3), RateLimits.STANDARD,
        Optional.empty());
    try (var portrait = TestPortrait.of(configuration)) {
      for (int i = 0; i < 5; i++) {
        portrait.collect("/v1/track", "{\"userId\": \"u%d\"}".formatted(i));
      }
      var full = portrait.get(QUARANTINE);
      assertEquals(List.of("5", "4"), ids(full));
      assertEquals("{\"full\":3,\"old\":0}", full.path("left").toString());
      assertEquals("{\"messages\":2,\"bytes\":1048576,\"days\":3}", full.path("limits").toString());
      String page = portrait.exchange("GET", "/quarantine", "").body();
      assertTrue(page.contains("3 messages left because the quarantine was full"), page);

      portrait.pass(java.time.Duration.ofDays(4));

      var old = portrait.get(QUARANTINE);
      assertEquals("[0, 2]", List.of(old.path("total").asInt(), old.path("left").path("old").asInt()).toString());
      String metrics = portrait.exchange("GET", "/metrics", "").body();
      assertTrue(metrics.contains("portrait_quarantine_left_total{reason=\"full\"} 3.0"), metrics);
      assertTrue(metrics.contains("portrait_quarantine_left_total{reason=\"old\"} 2.0"), metrics);
      assertTrue(metrics.contains("portrait_quarantine_messages 0.0"), metrics);
    }
  }

  private static List<String> ids(JsonNode list) {
    return StreamSupport.stream(list.path("messages").spliterator(), false)
        .map(message -> message.path("id").asString()).toList();
  }
}
