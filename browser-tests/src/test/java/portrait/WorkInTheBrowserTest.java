package portrait;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.connections.Connections;
import portrait.foundation.jobs.TaskGraph;
import portrait.foundation.jobs.TaskGraph.Task;
import portrait.foundation.model.Secret;

/// Somebody watches a job and cancels it, brings a file in, makes mistakes in a definition, and reads in French.
class WorkInTheBrowserTest {

  private static final String PASSWORD = "correct horse battery";

  @TempDir
  Path home;

  @BeforeAll
  static void aBrowserIsThere() {
    assumeTrue(Browser.executable().isPresent(), "no Chromium here: install it, or name it in CHROMIUM");
  }

  @Test
  void aRunningJobIsWatchedAndCancelled() throws Exception {
    try (var portrait = owned(); var browser = new Browser(portrait.parts().server().url(), 1280, true)) {
      var halfWay = new CountDownLatch(1);
      var goOn = new CountDownLatch(1);
      var never = new CountDownLatch(1);
      var id = portrait.parts().jobs().start("sample", "Sample job", TaskGraph.of(
          new Task("first", "Count to a hundred", List.of(), progress -> {
            progress.expect(100);
            progress.done(40);
            halfWay.countDown();
            goOn.await();
            progress.done(60);
          }),
          new Task("second", "Wait for somebody", List.of("first"), _ -> never.await())), "owner");
      halfWay.await();
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      page.navigate("/jobs/" + id);
      var first = page.locator(".task").filter(new com.microsoft.playwright.Locator.FilterOptions()
          .setHasText("Count to a hundred"));
      assertThat(first).containsText("40 of 100");
      assertThat(page.locator(".tag.running")).hasText("Running");
      assertEquals(40.0, ((Number) first.locator("progress").evaluate("bar => bar.value")).doubleValue());

      goOn.countDown();
      assertThat(first).containsText("100 of 100");
      var second = page.locator(".task").filter(new com.microsoft.playwright.Locator.FilterOptions()
          .setHasText("Wait for somebody"));
      assertThat(second.locator(".dot.running")).hasCount(1);

      page.onceDialog(Dialog::dismiss);
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Cancel")).click();
      assertThat(second.locator(".dot.running")).hasCount(1);
      page.onceDialog(Dialog::accept);
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Cancel")).click();
      assertThat(second.locator(".dot.cancelled")).hasCount(1);
      assertThat(page.locator("main .tag.cancelled")).hasText("Cancelled");
      assertThat(page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Cancel"))).hasCount(0);
      assertEquals(List.of(), browser.complaints());
    }
  }

  @Test
  void aFileBecomesATableAndWhatWasRefusedIsShown() {
    try (var portrait = owned(); var browser = new Browser(portrait.parts().server().url(), 1280, true)) {
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      page.navigate("/tables");
      page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("New table")).click();
      page.getByLabel("File").setInputFiles(csv("CRM contacts.csv", """
          ContactId;Name;Points
          C-1;Amélie;10
          C-2;Bruno;20
          C-3;Chiara;30
          """));
      page.getByLabel("Source").fill("shop");
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Look at the file")).click();
      assertThat(page.getByLabel("Table", new Page.GetByLabelOptions().setExact(true))).hasValue("crm_contacts");
      assertThat(page.getByText("Amélie")).isVisible();
      assertThat(page.getByLabel("Key ContactId")).isChecked();
      assertThat(page.getByLabel("Type Points")).hasValue("integer");
      page.getByLabel("Type Points").selectOption("number");
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Define and load")).click();
      assertThat(page.getByRole(AriaRole.STATUS)).containsText("3 rows were loaded, none refused");
      assertThat(page).hasURL(Pattern.compile(".*/tables/shop\\.crm_contacts$"));
      assertEquals("number", portrait.get("/api/v1/definitions/Source/shop").path("spec").path("tables").path(0)
          .path("columns").path(2).path("type").asString());

      page.locator("#file").setInputFiles(csv("more.csv", """
          ContactId;Name;Points
          %s
          C-99;Dora;many
          """.formatted(rows(40))));
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Load").setExact(true)).click();
      assertThat(page.getByRole(AriaRole.STATUS)).containsText("40 rows were loaded, 1 refused");
      assertThat(page.locator("#refused")).containsText("many");
      assertThat(page.locator("#refused")).containsText("Points");
      assertEquals(List.of(), browser.complaints());
    }
  }

  @Test
  void aTableIsReadThroughAConnectionAndAMistakeLosesNothing() throws IOException, SQLException {
    var exports = Files.createDirectories(home.resolve("exports"));
    try (var shop = DriverManager.getConnection("jdbc:sqlite:" + exports.resolve("erp.db"));
        var statement = shop.createStatement()) {
      statement.execute("CREATE TABLE orders (id TEXT PRIMARY KEY, total REAL, changed TEXT)");
      statement.execute("INSERT INTO orders VALUES ('o1', 10.5, '2026-01-01'), ('o2', 20, '2026-01-02')");
    }
    try (var portrait = owned(); var browser = new Browser(portrait.parts().server().url(), 1280, true)) {
      portrait.apply("{kind: Connection, name: erp, spec: {type: sqlite, settings: {file: erp.db}}}");
      portrait.parts().connections().agree("erp", Connections.PRIVACY_TEXT, "owner");
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      page.navigate("/tables/new");
      page.locator("#connection").selectOption("erp");
      page.locator("#databaseSource").fill("shop");
      page.locator("#databaseTable").fill("orders");
      page.locator("#what").fill("SELECT id, total, changed FROM orders");
      page.locator("#key").fill("id, no such column");
      page.locator("#updated").fill("changed");
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Define and read")).click();
      assertThat(page.getByRole(AriaRole.ALERT)).containsText("no such column");
      assertThat(page.locator("#connection")).hasValue("erp");
      assertThat(page.locator("#databaseTable")).hasValue("orders");
      assertThat(page.locator("#what")).hasValue("SELECT id, total, changed FROM orders");
      assertThat(page.locator("#updated")).hasValue("changed");

      page.locator("#key").fill("id");
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Define and read")).click();
      assertThat(page.getByRole(AriaRole.STATUS)).containsText("2 rows were loaded, none refused");
      assertThat(page).hasURL(Pattern.compile(".*/tables/shop\\.orders$"));
      assertThat(page.getByText("o2").first()).isVisible();
      assertEquals(1, browser.complaints().size(), "only the mistake was refused");
    }
  }

  @Test
  void anUploadThatBreaksOffGoesOnWhereItWas() {
    try (var portrait = owned(); var browser = new Browser(portrait.parts().server().url(), 1280, true)) {
      portrait.apply("""
          kind: Source
          name: shop
          spec: { tables: [ { name: people, key: id, columns: [ { name: id } ] } ] }
          """);
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      page.navigate("/tables/shop.people");
      var begun = new ArrayList<String>();
      page.onRequest(request -> {
        if (request.url().endsWith("/api/v1/uploads")) {
          begun.add(request.url());
        }
      });
      page.route("**/api/v1/uploads/*", route -> {
        if (route.request().method().equals("PUT")) {
          route.abort();
        } else {
          route.resume();
        }
      });
      var load = page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Load").setExact(true));
      page.locator("#file").setInputFiles(csv("people.csv", "id\nC-1\nC-2\n"));
      load.click();
      assertThat(page.getByText("What arrived is kept for a day")).isVisible();

      page.unroute("**/api/v1/uploads/*");
      load.click();
      assertThat(page.getByRole(AriaRole.STATUS)).containsText("2 rows were loaded, none refused");
      assertEquals(1, begun.size(), "the second attempt goes on with the first");
    }
  }

  @Test
  void everyMistakeStandsBesideTheEditor() {
    try (var portrait = owned(); var browser = new Browser(portrait.parts().server().url(), 1280, true)) {
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      page.navigate("/definitions");
      String written = """
          kind: Segment
          name: lyon
          spec: { titel: People of Lyon, where: "city = 'Lyon'" }
          ---
          kind: Measure
          name: revenue
          spec: { aggregate: sum }
          ---
          kind: Segmnt
          name: paris
          spec: {}
          """;
      page.locator("#yaml").fill(written);
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Apply")).click();
      assertThat(page.locator(".mistakes li")).hasCount(3);
      assertThat(page.locator(".mistakes")).containsText("did you mean 'title'?");
      assertThat(page.locator(".mistakes")).containsText("did you mean 'Segment'?");
      assertThat(page.locator("#yaml")).hasValue(written);
      var editor = page.locator("#yaml").boundingBox();
      var mistakes = page.locator(".mistakes").boundingBox();
      assertFalse(mistakes.x < editor.x + editor.width, "the mistakes stand to the right of the editor");

      page.locator("#yaml").fill("""
          kind: Segment
          name: lyon
          spec: { title: People of Lyon, where: "city = 'Lyon'" }
          """);
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Apply")).click();
      assertThat(page.getByRole(AriaRole.STATUS)).containsText("Segment lyon is new");
      assertThat(page.locator(".mistakes")).hasCount(0);
    }
  }

  @Test
  void theSizeOfASegmentFollowsWhileItIsTyped() {
    try (var portrait = owned(); var browser = new Browser(portrait.parts().server().url(), 1280, true)) {
      for (String city : List.of("Lyon", "Lyon", "Oslo")) {
        portrait.collect("/v1/identify", """
            {"messageId": "%1$s", "userId": "%1$s", "traits": {"city": "%2$s", "name": "Someone of %2$s"}}"""
            .formatted(java.util.UUID.randomUUID(), city));
      }
      portrait.refresh();
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      page.navigate("/segments");
      page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("New segment")).click();
      page.getByLabel("Title").fill("People of Lyon");
      page.locator("[data-insert=city]").click();
      page.keyboard().type(" = 'Lyon'");
      assertThat(page.locator("#estimated")).hasText("2");
      assertThat(page.locator("#estimate .person")).hasCount(2);
      page.locator("#rule").fill("citty = 'Lyon'");
      assertThat(page.locator("#estimate")).containsText("did you mean 'city'?");
      page.locator("#rule").fill("city = = 'Lyon'");
      assertThat(page.locator("#estimate .mistakes")).containsText("column 8");
      page.locator("#rule").fill("not city = 'Lyon'");
      assertThat(page.locator("#estimated")).hasText("1");
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Save").setExact(true)).click();
      assertThat(page).hasURL(Pattern.compile(".*/segments/people-of-lyon$"));
      assertThat(page.getByRole(AriaRole.STATUS)).containsText("Saved");
      page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Duplicate")).click();
      assertThat(page.getByLabel("Title")).hasValue("Copy of People of Lyon");
      assertThat(page.locator("#rule")).hasValue("not city = 'Lyon'");
      assertEquals(List.of(), browser.complaints());
    }
  }

  @Test
  void frenchStaysFrenchOnEveryPage() {
    try (var portrait = owned(); var browser = new Browser(portrait.parts().server().url(), 360, true)) {
      browser.signIn("owner", PASSWORD);
      var page = browser.page();
      page.locator("label[for=menu]").click();
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Français")).click();
      assertThat(page.locator("html")).hasAttribute("lang", "fr");
      for (var heading : java.util.Map.of("/", "Accueil", "/customers", "Clients", "/tables", "Sources et tables",
          "/tables/new", "Nouvelle table", "/measures", "Mesures", "/jobs", "Tâches", "/definitions", "Définitions",
          "/keys", "Clés").entrySet()) {
        page.navigate(heading.getKey());
        assertThat(page.locator("h1")).hasText(heading.getValue());
        assertFalse(browser.isTooWide(), heading.getKey() + " is too wide");
      }
    }
  }

  private TestPortrait owned() {
    var portrait = TestPortrait.in(home);
    portrait.parts().security().ensureOwner();
    portrait.parts().security().setPassword("owner", Secret.of(PASSWORD));
    return portrait;
  }

  private static FilePayload csv(String name, String text) {
    return new FilePayload(name, "text/csv", text.getBytes(StandardCharsets.UTF_8));
  }

  private static String rows(int count) {
    var rows = new StringBuilder();
    for (int row = 1; row <= count; row++) {
      rows.append(row == 1 ? "" : "\n").append("C-%d;Somebody;%d".formatted(row, row * 10));
    }
    return rows.toString();
  }
}
