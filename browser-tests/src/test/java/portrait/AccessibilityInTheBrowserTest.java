package portrait;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.model.Secret;

/// Pages are for everybody: the rules of axe in both themes, and the keyboard alone.
class AccessibilityInTheBrowserTest {

  private static final String PASSWORD = "correct horse battery";
  private static final String NASTY = "<img src=x onerror=alert(1)> \\\"مريم\\\"";
  private static final int WIRE_BYTES_MAX = 300_000;

  @TempDir
  static Path home;

  private static TestPortrait portrait;
  private static Browser browser;

  @BeforeAll
  static void oneServerAndOneBrowser() {
    assumeTrue(Browser.executable().isPresent(), "no Chromium here: install it, or name it in CHROMIUM");
    portrait = TestPortrait.in(home);
    portrait.parts().security().ensureOwner();
    portrait.parts().security().setPassword("owner", Secret.of(PASSWORD));
    portrait.apply("""
        kind: Segment
        name: fans
        spec: { title: Fans, where: { event: Product Viewed, within: 30d, count: { at_least: 1 } } }
        ---
        kind: Measure
        name: views
        spec: { aggregate: count, event: Product Viewed }
        """);
    portrait.collect("/v1/batch", """
        {"batch": [
          {"type": "track", "messageId": "1", "anonymousId": "a1", "event": "Product Viewed",
           "timestamp": "2026-11-20T10:00:00Z", "properties": {"category": "leather-shoes"}},
          {"type": "identify", "messageId": "2", "anonymousId": "a1", "userId": "u1",
           "timestamp": "2026-11-20T10:05:00Z", "traits": {"name": "Maryam Haddad", "city": "Lyon"}},
          {"type": "identify", "messageId": "3", "userId": "u2", "timestamp": "2026-11-21T10:00:00Z",
           "traits": {"name": "%s"}}]}""".formatted(NASTY));
    portrait.refresh();
    browser = new Browser(portrait.parts().server().url(), 1280, true);
    browser.signIn("owner", PASSWORD);
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
    }
    if (portrait != null) {
      portrait.close();
    }
  }

  @Test
  void theKeyboardAloneFindsACustomerAndADefinitionFromAnywhere() {
    var page = browser.page();
    page.navigate("/jobs");
    page.keyboard().press("Control+k");
    assertThat(page.locator("#everywhere")).isFocused();
    page.keyboard().type("u1");
    assertThat(page.locator("#everywhere-found a").first()).containsText("Maryam Haddad");
    page.keyboard().press("ArrowDown");
    page.keyboard().press("Enter");
    assertThat(page).hasURL(Pattern.compile(".*/customers/" + customer("u1") + "$"));

    page.keyboard().press("Control+k");
    page.keyboard().type("fan");
    assertThat(page.locator("#everywhere-found a")).hasCount(1);
    page.keyboard().press("ArrowDown");
    page.keyboard().press("Enter");
    assertThat(page).hasURL(Pattern.compile(".*/segments/fans$"));

    page.keyboard().press("Control+k");
    page.keyboard().type("img");
    assertThat(page.locator("#everywhere-found a").first()).containsText("مريم");
    assertThat(page.locator("#everywhere-found img")).hasCount(0);
    page.keyboard().press("Escape");
    assertThat(page.locator("#everywhere")).hasValue("");
  }

  @Test
  void scriptsAndStylesAreSmallOnTheWire() {
    var page = browser.page();
    page.navigate("/");
    var sizes = (List<?>) page.evaluate("""
        async () => {
          const files = [...document.querySelectorAll('script[src], link[rel=stylesheet]')].map((e) => e.src || e.href);
          return Promise.all(files.map(async (file) => {
            const answer = await fetch(file, {cache: 'no-store'});
            await answer.blob();
            const entry = performance.getEntriesByName(file).at(-1);
            return entry.encodedBodySize;
          }));
        }""");
    long sum = sizes.stream().mapToLong(size -> ((Number) size).longValue()).sum();
    assertFalse(sizes.isEmpty());
    assertTrue(sum > 0 && sum < WIRE_BYTES_MAX, "script and style weigh " + sum + " bytes");
  }

  private static String customer(String user) {
    return portrait.get("/api/v1/profiles/user_id/" + user).path("customerId").asString();
  }
}
