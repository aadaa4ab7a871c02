package portrait;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.security.LookUpLimits;
import portrait.foundation.security.Role;

/// The example shop, as its README says to run it.
class PersonaliseInTheBrowserTest {

  private static final Path EXAMPLE = Path.of("../examples/personalise");
  private static final String PAGE = "/files/index.html";

  @TempDir
  Path home;
  @TempDir
  Path shop;

  @BeforeAll
  static void aBrowserIsThere() {
    assumeTrue(Browser.executable().isPresent(), "no Chromium here: install it, or name it in CHROMIUM");
  }

  @Test
  void whoLookedAtLeatherShoesFindsACouponForThemAtTheNextVisit() throws IOException {
    try (var portrait = TestPortrait.today(home); var site = new Site("", shop)) {
      portrait.apply(Files.readString(EXAMPLE.resolve("definitions.yaml")));
      copyWithKeys(portrait, site);

      try (var browser = new Browser(site.url(), 1280, true)) {
        var page = browser.page();
        page.navigate(PAGE);
        assertThat(page.locator("#consent")).isVisible();
        page.locator("#yes").click();
        lookCloser(page, "Oxford, cognac");
        lookCloser(page, "Canvas runner, green");
        lookCloser(page, "Oxford, cognac");
        page.reload();
        assertThat(page.locator("#consent")).isHidden();
        assertThat(page.locator("#coupon")).isHidden();

        portrait.pass(Duration.ofMinutes(1));
        lookCloser(page, "Derby, black");
        page.reload();

        assertThat(page.locator("#coupon")).isVisible();
        assertThat(page.locator("#coupon")).containsText("The Derby, black you looked at is 10 % off");
        assertEquals(403, page.evaluate(
            """
            fetch(`${settings.portrait}/api/v1/profiles/anonymous_id/${portrait.visitor()}/events`,
              { headers: { Authorization: `Bearer ${settings.lookUpKey}` } }).then(answer => answer.status, () => 403)"""));
        assertTrue(browser.complaints().stream()
            .allMatch(text -> text.contains(portrait.parts().server().url().toString()) || text.contains("403")),
            browser.complaints().toString());
      }
      try (var stranger = new Browser(site.url(), 360, true)) {
        stranger.page().navigate(PAGE);
        assertThat(stranger.page().locator("#consent")).isVisible();
        assertThat(stranger.page().locator("#coupon")).isHidden();
        assertEquals(false, stranger.isTooWide());
      }
    }
  }

  private void copyWithKeys(TestPortrait portrait, Site site) throws IOException {
    for (String file : List.of("index.html", "shop.js", "shop.css", "settings.js")) {
      Files.copy(EXAMPLE.resolve(file), shop.resolve(file));
    }
    var security = portrait.parts().security();
    String collect = security.createKey(Role.COLLECT, "shop").key().reveal();
    String lookUp = security.createLookUpKey("shop", new LookUpLimits(List.of(), List.of(),
        List.of("last_leather_shoe"), List.of("leather-shoe-fans"), List.of(site.url().toString()))).key().reveal();
    var settings = shop.resolve("settings.js");
    Files.writeString(settings, Files.readString(settings)
        .replace("http://localhost:8080", portrait.parts().server().url().toString())
        .replace("PUT THE COLLECT KEY HERE", collect).replace("PUT THE LIMITED LOOK-UP KEY HERE", lookUp));
  }

  private static void lookCloser(Page page, String shoe) {
    var answer = page.waitForResponse(response -> response.url().endsWith("/v1/batch"),
        () -> page.locator("article", new Page.LocatorOptions().setHasText(shoe)).locator("button").click());
    assertEquals(200, answer.status());
    answer.finished();
  }
}
