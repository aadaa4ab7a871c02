package portrait.doors.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;

/// A customer's card draws what ties the identities, and its timeline watches for news.
class IdentityPictureTest {

  @TempDir
  Path home;

  @Test
  void everyLinkIsDrawnWithItsProvenanceInTheTable() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.collect("/v1/batch", """
          {"batch": [
            {"type": "track", "messageId": "m0", "anonymousId": "a1", "event": "Viewed", "timestamp": "2026-11-20T09:00:00Z"},
            {"type": "identify", "messageId": "m1", "anonymousId": "a1", "userId": "u1",
             "timestamp": "2026-11-20T10:00:00Z"},
            {"type": "identify", "messageId": "m2", "anonymousId": "<b>a2", "userId": "u1",
             "timestamp": "2026-11-21T10:00:00Z"}]}""");
      String card = portrait.exchange("GET", "/customers/" + id(portrait, "u1"), "").body();
      assertEquals(3, count(card, "<circle"));
      assertEquals(2, count(card, "<path class=\"arc\""));
      assertTrue(card.contains("<code>m1</code>") && card.contains("<code>m2</code>"), card);
      assertFalse(card.contains("<b>a2"));
      // Whoever came first stands first; the slider has a place for each moment something was added.
      assertEquals(List.of("0", "1", "2"), found(card, "<g data-step=\"([0-9]+)\""));

      portrait.collect("/v1/identify", "{\"userId\": \"u9\"}");
      String alone = id(portrait, "u9");
      assertFalse(portrait.exchange("GET", "/customers/" + alone, "").body().contains("data-graph"));
    }
  }

  @Test
  void aCrowdOfIdentitiesIsDrawnInPartAndListedWhole() {
    try (var portrait = TestPortrait.in(home)) {
      var calls = new ArrayList<String>();
      for (int number = 0; number < IdentityPicture.NODES_MAX + 5; number++) {
        calls.add("""
            {"type": "identify", "anonymousId": "a%d", "userId": "u1"}""".formatted(number));
      }
      portrait.collect("/v1/batch", "{\"batch\": [" + String.join(",", calls) + "]}");
      String card = portrait.exchange("GET", "/customers/" + id(portrait, "u1"), "").body();
      assertEquals(IdentityPicture.NODES_MAX, count(card, "<circle"));
      assertEquals(calls.size(), count(card, "<tr id=\"link-"));
      assertTrue(card.contains("6 later identities are not drawn"), card);
    }
  }

  @Test
  void theTimelineIsSentAgainOnlyWithNews() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.collect("/v1/track", "{\"userId\": \"u1\", \"event\": \"First\"}");
      String card = portrait.exchange("GET", "/customers/" + id(portrait, "u1"), "").body();
      String news = found(card, "hx-get=\"(/customers/[^\"]*/timeline[^\"]*)\"").getFirst().replace("&amp;", "&");
      assertEquals(204, portrait.exchange("GET", news, "").statusCode());
      portrait.collect("/v1/track", "{\"userId\": \"u1\", \"event\": \"Second\"}");
      var sent = portrait.exchange("GET", news, "");
      assertEquals(200, sent.statusCode());
      assertTrue(sent.body().contains("Second") && !sent.body().contains("<html"), sent.body());
      assertFalse(sent.body().contains(news.substring(news.indexOf("seen="))), "it goes on from here");
    }
  }

  private static String id(TestPortrait portrait, String user) {
    return portrait.get("/api/v1/profiles/user_id/" + user).path("customerId").asString();
  }

  private static int count(String page, String text) {
    return page.split(Pattern.quote(text), -1).length - 1;
  }

  private static List<String> found(String page, String pattern) {
    return Pattern.compile(pattern).matcher(page).results().map(result -> result.group(1)).toList();
  }
}
