package portrait.doors.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.model.Secret;

/// Pages as the whole product answers them.
class SignedInPagesTest {

  private static final int TRIES_MAX = 50;

  @TempDir
  Path home;

  @Test
  void aSegmentOnTheCardSaysWhyWithoutScript() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.apply("""
          kind: Segment
          name: fans
          spec: { title: Fans, where: { event: Product Viewed, within: 30d, count: { at_least: 1 } } }
          """);
      portrait.collect("/v1/track", """
          {"messageId": "m1", "anonymousId": "a1", "event": "Product Viewed", "timestamp": "2026-11-22T11:00:00Z"}""");
      String id = portrait.get("/api/v1/profiles/anonymous_id/a1").path("customerId").asString();
      String card = portrait.exchange("GET", "/customers/" + id, "").body();
      assertTrue(card.contains("?why=fans#in-segments-title"), "the segment offers to say why");
      assertFalse(card.contains("class=\"reasons\""));
      String explained = portrait.exchange("GET", "/customers/" + id + "?why=fans", "").body();
      assertTrue(explained.contains("holds · count('Product Viewed' within 30d) is 1"), explained);
    }
  }

  @Test
  void aRefusedMessageIsCorrectedOnItsPage() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.collect("/v1/track", "{\"userId\": \"u1\"}");

      assertTrue(portrait.exchange("GET", "/quarantine", "").body().contains("Event is missing"));
      assertTrue(portrait.exchange("GET", "/quarantine/1", "").body().contains("{\"userId\": \"u1\"}"));
      var still = portrait.submit("/quarantine/1/replay", "message=%7B%22userId%22%3A%22u2%22%7D");
      assertEquals(400, still.statusCode());
      assertTrue(still.body().contains("{\"userId\":\"u2\"}"), "what was typed stays");
      assertEquals(303, portrait.submit("/quarantine/1/replay",
          "message=%7B%22userId%22%3A%22u1%22%2C%22event%22%3A%22Bought%22%7D").statusCode());
      assertEquals("Bought",
          portrait.get("/api/v1/profiles/user_id/u1/events").path("events").path(0).path("name").asString());
      assertTrue(portrait.exchange("GET", "/quarantine", "").body().contains("Nothing was refused"));
    }
  }

  @Test
  void whoGuessesPasswordsIsToldHowLongToWait() throws Exception {
    try (var portrait = TestPortrait.in(home); var client = HttpClient.newHttpClient()) {
      portrait.parts().security().ensureOwner();
      portrait.parts().security().setPassword("owner", Secret.of("correct horse battery"));
      var answer = wrongPassword(portrait, client);
      for (int tries = 1; answer.statusCode() == 401 && tries < TRIES_MAX; tries++) {
        answer = wrongPassword(portrait, client);
      }
      assertEquals(429, answer.statusCode());
      assertTrue(Integer.parseInt(answer.headers().firstValue("Retry-After").orElseThrow()) > 0);
      assertTrue(answer.body().contains("the next try is possible in"), answer.body());
      assertTrue(answer.body().contains("value=\"owner\""), "what was typed stays");
    }
  }

  private static HttpResponse<String> wrongPassword(TestPortrait portrait, HttpClient client)
      throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(portrait.parts().server().url().resolve("/sign-in"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString("user=owner&password=wrong&next=%2F")).build(),
        BodyHandlers.ofString());
  }
}
