package portrait;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.model.Secret;

/// The card of a customer while somebody looks at it.
class CardInTheBrowserTest {

  private static final String PASSWORD = "correct horse battery";

  @TempDir
  Path home;

  @BeforeAll
  static void aBrowserIsThere() {
    assumeTrue(Browser.executable().isPresent(), "no Chromium here: install it, or name it in CHROMIUM");
  }

  @Test
  void theGraphTellsWhoSaidSoAndGoesBackInTimeByKeyboardAlone() {
    try (var portrait = seeded(); var browser = new Browser(portrait.parts().server().url(), 1280, true)) {
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      page.navigate(card(portrait));
      assertThat(page.locator(".graph circle")).hasCount(3);

      page.locator("[data-link]").nth(1).focus();
      page.keyboard().press("Enter");
      assertThat(page.locator("[data-said]")).containsText("message-of-the-second");
      assertThat(page.locator("[data-link]").nth(1)).hasClass("chosen");
      page.locator("[data-link]").first().locator(".hit").dispatchEvent("click");
      assertThat(page.locator("[data-said]")).containsText("message-of-the-first");
      assertThat(page.locator("[data-said]")).not().containsText("message-of-the-second");

      page.locator("#graph-time").focus();
      page.keyboard().press("Home");
      assertThat(page.locator(".graph g:not(.later)")).hasCount(1);
      assertThat(page.locator("[data-link]:not(.later)")).hasCount(0);
      assertThat(page.locator(".graph output")).containsText("20 Nov");
      page.keyboard().press("End");
      assertThat(page.locator(".graph g:not(.later)")).hasCount(3);

      page.locator(".graph details summary").focus();
      page.keyboard().press("Enter");
      assertThat(page.locator(".graph table")).isVisible();
      assertEquals(List.of(), browser.complaints());
    }
  }

  @Test
  void theTimelineFollowsWhileSomebodyWatches() {
    try (var portrait = seeded(); var browser = new Browser(portrait.parts().server().url(), 360, true)) {
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      page.navigate(card(portrait));
      assertThat(page.locator("#timeline")).not().containsText("Order Completed");
      portrait.collect("/v1/track", """
          {"userId": "u1", "event": "Order Completed", "timestamp": "2026-11-22T11:59:00Z",
           "properties": {"note": "<img src=x onerror=alert(1)>"}}""");
      assertThat(page.locator("#timeline")).containsText("Order Completed");
      assertThat(page.locator("#timeline img")).hasCount(0);
      portrait.collect("/v1/track", "{\"userId\": \"u1\", \"event\": \"Order Returned\"}");
      assertThat(page.locator("#timeline li").first()).containsText("Order Returned");
      assertEquals(List.of(), browser.complaints());
    }
  }

  @Test
  void withoutScriptALinkLeadsToItsLineInTheTable() {
    try (var portrait = seeded(); var browser = new Browser(portrait.parts().server().url(), 360, false)) {
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      page.navigate(card(portrait));
      page.locator("[data-link]").first().focus();
      page.keyboard().press("Enter");
      assertThat(page).hasURL(Pattern.compile(".*#link-0$"));
      assertThat(page.locator("#link-0")).isVisible();
      assertThat(page.locator("#graph-time")).isHidden();
    }
  }

  @Test
  void withoutScriptSomebodyIsErasedFromTheCardAfterSeeingWhatGoes() {
    try (var portrait = seeded(); var browser = new Browser(portrait.parts().server().url(), 360, false)) {
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      String card = card(portrait);
      page.navigate(card);
      page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Erase this person")).click();
      assertThat(page.locator("section[aria-labelledby=privacy-title]")).containsText("3 identities are kept from");
      assertEquals(List.of(), browser.stickingOut());
      page.getByLabel("Reference of the request").fill("ticket 7");
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Erase for good")).click();
      assertThat(page).hasURL(Pattern.compile(".*/jobs/.*"));
      portrait.parts().jobs().await(portrait.parts().jobs().recent("erasure", 1).getFirst().id());
      assertEquals(404, portrait.exchange("GET", card, "").statusCode());
    }
  }

  @Test
  void withScriptTheConsequenceIsNamedOnceMore() {
    try (var portrait = seeded(); var browser = new Browser(portrait.parts().server().url(), 1280, true)) {
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      page.navigate(card(portrait) + "?erase=1");
      var asked = new ArrayList<String>();
      page.onDialog(dialog -> {
        asked.add(dialog.message());
        dialog.dismiss();
      });
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Erase for good")).click();
      assertEquals(1, asked.size(), asked::toString);
      assertTrue(asked.getFirst().startsWith("Erase مريم <b>الحداد</b> for good?"), asked::toString);
      assertTrue(asked.getFirst().contains("3 identities are kept from coming in again"), asked::toString);
      assertEquals(List.of(), portrait.parts().jobs().recent("erasure", 1));
      assertEquals(List.of(), browser.complaints());
    }
  }

  private static String card(TestPortrait portrait) {
    return "/customers/" + portrait.get("/api/v1/profiles/user_id/u1").path("customerId").asString();
  }

  private TestPortrait seeded() {
    var portrait = TestPortrait.in(home);
    portrait.parts().security().ensureOwner();
    portrait.parts().security().setPassword("owner", Secret.of(PASSWORD));
    portrait.collect("/v1/batch", """
        {"batch": [
          {"type": "track", "messageId": "m0", "anonymousId": "a1", "event": "Product Viewed",
           "timestamp": "2026-11-20T09:00:00Z"},
          {"type": "identify", "messageId": "message-of-the-first", "anonymousId": "a1", "userId": "u1",
           "timestamp": "2026-11-20T10:00:00Z", "traits": {"name": "مريم <b>الحداد</b>"}},
          {"type": "identify", "messageId": "message-of-the-second", "anonymousId": "a2", "userId": "u1",
           "timestamp": "2026-11-21T10:00:00Z"}]}""");
    return portrait;
  }
}
