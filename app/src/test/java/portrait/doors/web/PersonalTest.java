package portrait.doors.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.security.Role;

/// What goes with a person: preferences, and what they were told.
class PersonalTest {

  @TempDir
  Path home;

  @Test
  void choicesAndWhatWasReadGoWithThePersonAndNobodyElse() {
    try (var portrait = TestPortrait.in(home)) {
      var other = Map.of("Authorization",
          "Bearer " + portrait.parts().security().createKey(Role.VIEWER, "other").key().reveal());
      assertTrue(portrait.exchange("GET", "/notifications", "").body().contains("Nothing has ended yet"));
      portrait.pass(Duration.ofMinutes(1));
      portrait.refresh();
      assertEquals(1, portrait.get("/api/v1/notifications").path("unread").asInt());

      assertEquals(303, portrait.submit("/preferences", "language=fr&numbers=de-CH&theme=dark").statusCode());
      String page = portrait.exchange("GET", "/notifications", "").body();
      assertTrue(page.contains("<html lang=\"fr\" data-numbers=\"de-CH\" data-theme=\"dark\""), page);
      assertTrue(page.contains("Notifications : 1 nouvelle"), page);
      assertTrue(portrait.exchange("GET", "/preferences", "").body().contains("<option value=\"de-CH\" selected"));
      String others = portrait.exchange("GET", "/notifications", "", other).body();
      assertTrue(others.contains("<html lang=\"en\" data-numbers=\"en\" data-theme=\"auto\""), others);

      assertEquals(303, portrait.submit("/notifications", "until=" + portrait.now()).statusCode());
      assertEquals(0, portrait.get("/api/v1/notifications").path("unread").asInt());
      assertFalse(portrait.get("/api/v1/notifications").path("notifications").path(0).path("unread").asBoolean());
      assertTrue(portrait.exchange("GET", "/notifications", "", other).body().contains("Notifications: 1 new"),
          "others read for themselves");

      portrait.submit("/preferences", "language=xx&numbers=&theme=auto");
      assertTrue(portrait.exchange("GET", "/preferences", "").body()
          .contains("<html lang=\"fr\" data-numbers=\"fr\" data-theme=\"auto\""), "what is no choice changes nothing");
    }
  }

  @Test
  void beforeTheSignInTheBrowserKeepsTheChoice() {
    try (var portrait = TestPortrait.in(home)) {
      var nobody = Map.of("Authorization", "", "Cookie", "portrait_language=fr; portrait_theme=dark");
      String page = portrait.exchange("GET", "/sign-in", "", nobody).body();
      assertTrue(page.contains("<html lang=\"fr\""), page);
      assertTrue(page.contains("data-theme=\"dark\""), page);
      assertEquals("portrait_language=en; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax",
          portrait.submit("/language", "language=en").headers().firstValue("Set-Cookie").orElse(""));
    }
  }
}
