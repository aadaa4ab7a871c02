package portrait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.model.Secret;

/// Every page of the web door, in both languages: nothing sticks out of a telephone, axe finds nothing in light or dark,
/// and nobody else is asked for anything.
class EveryPageInTheBrowserTest {

  private static final String PASSWORD = "correct horse battery";
  private static final int NARROW = 360;
  private static final int WIDE = 1280;
  private static final int HIGH = 900;
  private static final int PAGES_MIN = 75;

  @TempDir
  static Path home;

  private static TestPortrait portrait;
  private static WebPages pages;
  private static Browser browser;

  @BeforeAll
  static void oneServerAndOneBrowser() {
    assumeTrue(Browser.executable().isPresent(), "no Chromium here: install it, or name it in CHROMIUM");
    portrait = TestPortrait.in(home);
    portrait.parts().security().ensureOwner();
    portrait.parts().security().setPassword("owner", Secret.of(PASSWORD));
    FullHome.fill(portrait, home);
    pages = new WebPages(portrait,
        List.of("/search?q=mar", "/customers?view=table", "/customers?q=nobody-at-all",
            "/exports/new?connection=data-lake",
            "/unify/rule?left=town.people&right=shop.contacts",
            "/customers/compare?id=%s&id=%s".formatted(customer("nasty"),
                portrait.get("/api/v1/profiles/anonymous_id/bare")
                    .path("customerId").asString())));
    browser = new Browser(portrait.parts().server().url(), WIDE, true);
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
  void everyRouteOfTheWebDoorIsLookedAt() {
    assertEquals(List.of(), pages.unreached());
    assertTrue(pages.addresses().size() > PAGES_MIN, () -> pages.addresses().toString());
  }

  @Test
  void everyPageIsForEverybodyAndFitsATelephone() {
    var page = browser.page();
    // Colours that are still changing from one theme to the other are none that anybody reads.
    page.emulateMedia(new Page.EmulateMediaOptions().setReducedMotion(ReducedMotion.REDUCE)
        .setColorScheme(ColorScheme.LIGHT));
    page.addInitScript(AXE);
    var found = new ArrayList<String>();
    speak(page, "en");
    var each = and(pages.oneOfEach());
    for (String address : and(pages.addresses())) {
      show(page, "en", address, found);
      page.setViewportSize(WIDE, HIGH);
      found.addAll(violations(page, address + " in light", "document", "{}"));
      if (each.contains(address)) {
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'");
        found.addAll(violations(page, address + " in dark", address.equals("/") ? "document" : "'main'",
            "{runOnly: ['color-contrast']}"));
      }
    }
    speak(page, "fr");
    // Words do not change colours, but they are longer; and what scrolls on a telephone the keyboard reaches, too.
    for (String address : each) {
      show(page, "fr", address, found);
      found.addAll(violations(page, address + " in French", "document",
          "{rules: {'color-contrast': {enabled: false}}}"));
    }
    assertEquals("", String.join("\n", found));
    assertEquals(List.of(), browser.askedElsewhere());
  }

  private static List<String> and(List<String> addresses) {
    var all = new ArrayList<>(addresses);
    all.add("/customers/" + customer("nasty"));
    all.add("/nowhere");
    return all;
  }

  private static void speak(Page page, String language) {
    page.setExtraHTTPHeaders(Map.of("Accept-Language", language));
  }

  private static void show(Page page, String language, String address, List<String> found) {
    page.setViewportSize(NARROW, HIGH);
    page.navigate(address);
    assertEquals(language, page.locator("html").getAttribute("lang"), address);
    browser.stickingOut().forEach(part -> found.add("%s (%s) is too wide: %s".formatted(address, language, part)));
  }

  private static String customer(String user) {
    return portrait.get("/api/v1/profiles/user_id/" + user).path("customerId").asString();
  }

  private static List<String> violations(Page page, String where, String part, String options) {
    var found = (List<?>) page.evaluate("""
        async () => (await axe.run(%s, {resultTypes: ['violations'], preload: false, ...%s})).violations
          .map((rule) => rule.id + ': ' + rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | '))"""
        .formatted(part, options));
    return found.stream().map(rule -> where + " " + rule).toList();
  }

  private static final String AXE = axe();

  private static String axe() {
    try (var file = EveryPageInTheBrowserTest.class
        .getResourceAsStream("/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
