package portrait;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
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

/// Many segments, two people at one of them, the keyboard alone, and the narrowest page in the longest language.
class ManyHandsInTheBrowserTest {

  private static final String PASSWORD = "correct horse battery";
  private static final int MANY = 10_000;

  @TempDir
  Path home;

  @BeforeAll
  static void aBrowserIsThere() {
    assumeTrue(Browser.executable().isPresent(), "no Chromium here: install it, or name it in CHROMIUM");
  }

  @Test
  void tenThousandSegmentsAreTurnedAndSearched() {
    try (var portrait = owned(); var browser = new Browser(portrait.parts().server().url(), 360, true)) {
      var written = new StringBuilder();
      for (int number = 0; number < MANY; number++) {
        written.append(
            "---\nkind: Segment\nname: s%1$05d\nspec: { title: Part %1$05d, active: false, where: \"city = '%1$d'\" }\n"
                .formatted(number));
      }
      portrait.parts().definitions().apply(written.toString(), "test");
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      page.navigate("/segments");
      assertThat(page.locator("#segment-list tbody tr")).hasCount(100);
      assertThat(page.locator("#segment-list")).containsText("10,000 segments");
      assertFalse(browser.isTooWide());
      page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("More segments")).click();
      assertThat(page.locator("#segment-list tbody tr").first()).containsText("Part 00100");
      page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Back to the first")).click();
      assertThat(page.locator("#segment-list tbody tr").first()).containsText("Part 00000");

      page.keyboard().press("/");
      page.keyboard().type("part 0777");
      assertThat(page.locator("#segment-list tbody tr")).hasCount(11);
      assertThat(page).hasURL(Pattern.compile(".*/segments\\?q=part.*0777$"));
      page.locator("#q").fill("nowhere");
      assertThat(page.locator("#segment-list")).containsText("No segment has these words");
      for (String address : List.of("/segments/s07777", "/segments/new", "/customers?segment=s07777")) {
        page.navigate(address);
        assertThat(page.locator("h1")).hasCount(1);
        assertTrue(page.content().length() < 400_000, address + " weighs " + page.content().length());
      }
      assertThat(page.locator("select[name=segment]")).hasValue("s07777");
      assertEquals(List.of(), browser.complaints());
    }
  }

  @Test
  void ofTwoPeopleAtOneSegmentTheSecondIsToldAndLosesNothing() {
    try (var portrait = owned();
        var browser = new Browser(portrait.parts().server().url(), 1280, true);
        var other = new Browser(portrait.parts().server().url(), 1280, true)) {
      portrait.apply("kind: Segment\nname: lyon\nspec: { title: Lyon, where: \"city = 'Lyon'\" }");
      for (var each : List.of(browser, other)) {
        each.signIn("owner", PASSWORD);
        each.page().navigate("/segments/lyon/edit");
      }
      browser.page().locator("#rule").fill("city = 'Lyon' or city = 'Paris'");
      save(browser.page());
      assertThat(browser.page()).hasURL(Pattern.compile(".*/segments/lyon$"));

      String second = "city = 'Lyon' and name contains 'مريم <b>'";
      other.page().locator("#rule").fill(second);
      other.page().getByLabel("Title").fill("<b>Lyon</b> مريم");
      save(other.page());
      assertThat(other.page().locator(".mistakes")).containsText("changed");
      assertThat(other.page().locator("#rule")).hasValue(second);
      assertThat(other.page().getByLabel("Title")).hasValue("<b>Lyon</b> مريم");
      assertTrue(portrait.get("/api/v1/definitions/Segment/lyon").path("spec").path("where").toString()
          .contains("Paris"), "the first change stays");
      assertEquals(0, other.page().locator("main b:has-text('Lyon')").count(), "no markup of a title");
    }
  }

  @Test
  void aSegmentIsMadeByTheKeyboardAlone() {
    try (var portrait = owned(); var browser = new Browser(portrait.parts().server().url(), 1280, true)) {
      for (String city : List.of("Lyon", "Oslo")) {
        portrait.collect("/v1/identify", """
            {"userId": "%1$s", "traits": {"city": "%1$s", "name": "<i>مريم</i> %1$s"}}""".formatted(city));
      }
      portrait.refresh();
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      page.navigate("/segments");
      tabTo(page, "New segment");
      page.keyboard().press("Enter");
      assertThat(page).hasURL(Pattern.compile(".*/segments/new$"));
      tabToField(page, "title");
      page.keyboard().type("People of Lyon");
      page.keyboard().press("Tab");
      page.keyboard().type("city = 'Lyon'");
      assertThat(page.locator("#estimated")).hasText("1");
      assertThat(page.locator("#estimate .person")).containsText("<i>مريم</i> Lyon");
      tabTo(page, "Save");
      page.keyboard().press("Enter");
      assertThat(page).hasURL(Pattern.compile(".*/segments/people-of-lyon$"));
      assertThat(page.getByRole(AriaRole.STATUS)).containsText("Saved");
      assertEquals(List.of(), browser.complaints());
    }
  }

  @Test
  void facetsAreClickedAndBecomeASegment() {
    try (var portrait = owned(); var browser = new Browser(portrait.parts().server().url(), 360, true)) {
      for (String name : List.of("Anna", "Ben", "Eve")) {
        portrait.collect("/v1/identify", """
            {"userId": "%1$s", "traits": {"city": "%2$s", "name": "%1$s"}}""".formatted(name,
            name.equals("Eve") ? "<b>Paris" : "Lyon"));
      }
      portrait.refresh();
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      page.navigate("/customers");
      page.locator(".facets a.tag").first().click();
      assertThat(page.locator(".person")).hasCount(2);
      page.locator("#q").fill("ann");
      assertThat(page.locator(".person")).hasCount(1);
      assertFalse(browser.isTooWide());
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Save as segment")).click();
      assertThat(page.locator("#rule")).hasValue(Pattern.compile("\\(.*'ann'.*\\) and \\(.*city.* = 'Lyon'\\)"));
      assertThat(page.locator("#estimated")).hasText("1");
      assertEquals(List.of(), browser.complaints());
    }
  }

  @Test
  void unifyFitsANarrowPageInFrench() {
    try (var portrait = owned(); var browser = new Browser(portrait.parts().server().url(), 360, true)) {
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      page.locator("label[for=menu]").click();
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Français")).click();
      assertThat(page.locator("html")).hasAttribute("lang", "fr");
      page.navigate("/unify");
      assertEquals(List.of(), browser.stickingOut(), "while nothing is unified");
      portrait.apply("""
          kind: Source
          name: shop
          spec:
            tables:
              - { name: contacts, path: contacts.csv, key: id, columns: [
                  { name: id, type: string }, { name: name, type: string } ] }
              - { name: loyalty, path: loyalty.csv, key: card, columns: [
                  { name: card, type: string }, { name: name, type: string } ] }
          ---
          kind: Unification
          name: customers
          spec:
            tables:
              - { table: shop.contacts, attributes: { name: name } }
              - { table: shop.loyalty, attributes: { name: name } }
            rules:
              - name: un nom de règle de correspondance vraiment long
                left: shop.loyalty
                right: shop.contacts
                conditions: [ { left: name, right: name, normalise: [ lowercase ] } ]
          """);
      page.navigate("/unify");
      assertEquals(List.of(), browser.stickingOut(), "with a rule");
    }
  }

  private static void save(Page page) {
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Save").setExact(true)).click();
  }

  /// Presses Tab until something with this text has the focus.
  private static void tabTo(Page page, String text) {
    tabUntil(page, "document.activeElement.textContent.trim() === '" + text + "'");
  }

  private static void tabToField(Page page, String id) {
    tabUntil(page, "document.activeElement.id === '" + id + "'");
  }

  private static void tabUntil(Page page, String there) {
    for (int presses = 0; presses < 200; presses++) {
      if ((Boolean) page.evaluate(there)) {
        return;
      }
      page.keyboard().press("Tab");
    }
    throw new AssertionError("the keyboard never gets to: " + there);
  }

  private TestPortrait owned() {
    var portrait = TestPortrait.in(home);
    portrait.parts().security().ensureOwner();
    portrait.parts().security().setPassword("owner", Secret.of(PASSWORD));
    return portrait;
  }
}
