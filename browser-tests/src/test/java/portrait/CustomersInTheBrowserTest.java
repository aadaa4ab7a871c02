package portrait;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.model.Secret;

/// Somebody signs in, looks around, searches, and reads one customer's card.
class CustomersInTheBrowserTest {

  private static final String PASSWORD = "correct horse battery";
  private static final String NASTY = "<img src=x onerror=alert(1)>";

  @TempDir
  Path home;

  @BeforeAll
  static void aBrowserIsThere() {
    assumeTrue(Browser.executable().isPresent(), "no Chromium here: install it, or name it in CHROMIUM");
  }

  @Test
  void fromTheSignInToOneCustomer() {
    try (var portrait = seeded(); var browser = new Browser(portrait.parts().server().url(), 1280, true)) {
      var page = browser.page();
      page.navigate("/customers");
      assertThat(page).hasURL(Pattern.compile(".*/sign-in\\?next=%2Fcustomers"));
      page.getByLabel("User").fill("owner");
      page.getByLabel("Password").fill("wrong");
      page.locator("form button.btn-primary").click();
      assertThat(page.getByRole(AriaRole.ALERT)).isVisible();
      browser.signIn("owner", PASSWORD);
      assertThat(page.locator("h1")).hasText("Home");
      assertThat(page.locator(".tile .value").first()).hasText("3");

      page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions()
          .setName("Customers").setExact(true)).first().click();
      assertThat(page.locator(".person")).hasCount(3);
      page.keyboard().press("/");
      page.keyboard().type("rouss");
      assertThat(page.locator(".person")).hasCount(1);
      page.locator(".person").click();
      assertThat(page.locator("h1")).hasText("Amélie Rousseau");
      assertThat(page.locator("#timeline")).containsText("Product Viewed");
      assertThat(page.getByText("Why is this one person?")).isVisible();
      assertThat(page.locator(".why li")).hasCount(1);

      page.navigate("/customers?kind=unknown");
      assertThat(page.locator(".person")).hasCount(1);
      assertThat(page.locator(".person .tag")).hasText("Unknown");
      assertEquals(List.of("Failed to load resource: the server responded with a status of 401 (Unauthorized)"),
          browser.complaints(), "only the wrong password may be complained about");
    }
  }

  @Test
  void everyPageIsReadableOnAPhoneAndWithoutScript() {
    try (var portrait = seeded(); var browser = new Browser(portrait.parts().server().url(), 360, false)) {
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      String nasty = portrait.get("/api/v1/profiles/user_id/u2").path("customerId").asString();
      for (String address : List.of("/", "/customers", "/customers/" + nasty, "/tables", "/segments", "/measures",
          "/jobs", "/definitions", "/definitions/Segment/lyon", "/segments/lyon", "/keys", "/nowhere")) {
        page.navigate(address);
        assertThat(page.locator("h1")).hasCount(1);
        assertFalse(page.locator("h1").first().innerText().isBlank(), address);
        assertFalse(browser.isTooWide(), address + " is too wide");
        assertEquals(0, page.locator("img[src=x]").count(), "injected markup in " + address);
      }
      page.navigate("/customers?q=rousseau");
      assertThat(page.locator(".person")).hasCount(1);
      page.navigate("/customers/" + nasty);
      assertThat(page.locator("h1")).hasText(NASTY);
      assertThat(page.locator(".pairs")).containsText("Lyon");
    }
  }

  private TestPortrait seeded() {
    var portrait = TestPortrait.in(home);
    portrait.parts().security().ensureOwner();
    portrait.parts().security().setPassword("owner", Secret.of(PASSWORD));
    portrait.apply("""
        kind: Segment
        name: lyon
        spec: { title: People of Lyon, where: { attribute: { city: { equals: Lyon } } } }
        """);
    portrait.collect("/v1/batch", """
        {"batch": [
          {"type": "track", "messageId": "1", "anonymousId": "a1", "event": "Product Viewed",
           "timestamp": "2026-11-20T10:00:00Z", "properties": {"category": "leather-shoes"}},
          {"type": "identify", "messageId": "2", "anonymousId": "a1", "userId": "u1",
           "timestamp": "2026-11-20T10:05:00Z", "traits": {"first_name": "Amélie", "last_name": "Rousseau"}},
          {"type": "identify", "messageId": "3", "userId": "u2", "timestamp": "2026-11-21T10:00:00Z",
           "traits": {"name": "%s", "city": "Lyon"}},
          {"type": "page", "messageId": "4", "anonymousId": "a2", "timestamp": "2026-11-21T11:00:00Z"}]}"""
        .formatted(NASTY));
    return portrait;
  }
}
