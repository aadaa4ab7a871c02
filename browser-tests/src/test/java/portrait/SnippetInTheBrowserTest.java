package portrait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.security.Role;
import tools.jackson.databind.JsonNode;

/// The web snippet in a page of another site.
class SnippetInTheBrowserTest {

  private static final String STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])";
  private static final String NOTHING = "[{},{},\"\"]";

  private TestPortrait portrait;
  private Site site;
  private Browser browser;
  private Page page;
  private final List<String> sent = new ArrayList<>();

  @BeforeAll
  static void aBrowserIsThere() {
    assumeTrue(Browser.executable().isPresent(), "no Chromium here: install it, or name it in CHROMIUM");
  }

  @BeforeEach
  void open(@TempDir Path home) {
    portrait = TestPortrait.today(home);
    site = new Site("""
        <!doctype html><title>Shoes</title><link rel="icon" href="data:,">
        <button data-portrait="Basket Filled" data-portrait-sku="A-17" data-secret="x">Into the basket</button>
        <script>window.portrait = [["identify", "u1", { city: "Lyon" }]]</script>
        <script src="%s/portrait.js" data-key="%s"></script>""".formatted(portrait.parts().server().url(),
        portrait.parts().security().createKey(Role.COLLECT, "website").key().reveal()));
    browser = new Browser(site.url(), 1280, true);
    page = browser.page();
    page.onRequest(request -> {
      if (isCollection(request)) {
        sent.add(request.url());
      }
    });
    page.navigate("/shoes?colour=red");
  }

  @AfterEach
  void close() {
    browser.close();
    site.close();
    portrait.close();
  }

  @Test
  void beforeConsentNothingIsStoredOrSent() {
    page.evaluate("portrait.track('Opened')");
    page.locator("button").click();
    page.waitForTimeout(600);

    assertEquals(NOTHING, page.evaluate(STORED));
    assertEquals(List.of(), sent);
  }

  @Test
  void afterConsentTheLookUpKnowsWhatHappened() {
    afterSending(() -> page.evaluate("portrait.consent(true); portrait.track('Opened', {shelf: 3})"));
    afterSending(() -> page.locator("button").click());

    assertEquals("Lyon", portrait.get("/api/v1/profiles/user_id/u1").path("attributes").path("city").asString());
    assertEquals(List.of("Basket Filled", "Identify", "Opened", "Page Viewed"), names("u1"));
    var clicked = events("u1").stream().filter(event -> event.path("name").asString().equals("Basket Filled"))
        .findFirst().orElseThrow();
    assertEquals("{\"sku\":\"A-17\"}", clicked.path("properties").toString());
    page.waitForFunction("!('portrait-web' in sessionStorage)");
  }

  @Test
  void withdrawnConsentDeletesEverything() {
    afterSending(() -> page.evaluate("portrait.consent(true)"));
    page.evaluate("portrait.track('Opened'); portrait.consent(false); portrait.track('Opened')");
    int before = sent.size();
    page.waitForTimeout(600);

    assertEquals(NOTHING, page.evaluate(STORED));
    assertEquals(before, sent.size());
    assertEquals(List.of("Identify", "Page Viewed"), names("u1"));
  }

  @Test
  void anotherPersonAtTheSameDeviceStaysAnotherPerson() {
    afterSending(() -> page.evaluate("portrait.consent(true)"));
    afterSending(() -> page.evaluate("portrait.identify('u2'); portrait.track('Returned')"));
    afterSending(() -> page.evaluate("portrait.reset(); portrait.page('Signed out')"));

    assertEquals(List.of("Identify", "Returned"), names("u2"));
    assertNotEquals(portrait.get("/api/v1/profiles/user_id/u1").path("customerId"),
        portrait.get("/api/v1/profiles/user_id/u2").path("customerId"));
  }

  @Test
  void consentIsRememberedAndTheNextPageSendsItself() {
    afterSending(() -> page.evaluate("portrait.consent(true)"));
    afterSending(() -> page.navigate("/boots"));

    assertEquals(2, names("u1").stream().filter("Page Viewed"::equals).count());
  }

  @Test
  void aBusyServerIsAskedAgainAndNothingComesTwice() {
    var refused = new ArrayList<Route>();
    page.route("**/v1/batch", route -> {
      if (refused.isEmpty()) {
        refused.add(route);
        route.fulfill(new Route.FulfillOptions().setStatus(503));
      } else {
        route.resume();
      }
    });
    page.waitForResponse(response -> isCollection(response.request()) && response.ok(),
        () -> page.evaluate("portrait.consent(true); portrait.track('Opened')"));

    assertEquals(1, refused.size());
    assertEquals(List.of("Identify", "Opened", "Page Viewed"), names("u1"));
  }

  @Test
  void whatWaitsGoesOutWhenThePageIsLeft() {
    page.evaluate("""
        window.beacons = [];
        navigator.sendBeacon = (url, body) => { beacons.push(body); return true; };
        portrait.consent(true);
        portrait.track('Left');
        Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
        document.dispatchEvent(new Event('visibilitychange'));""");

    assertTrue(((String) page.evaluate("beacons.join()")).contains("\"event\":\"Left\""));
    assertFalse(NOTHING.equals(page.evaluate(STORED)), "it stays until it is confirmed");
  }

  @Test
  void theQueueHasABound() {
    page.route("**/v1/batch", route -> route.fulfill(new Route.FulfillOptions().setStatus(503)));
    page.evaluate("portrait.consent(true); for (let i = 0; i < 300; i++) portrait.track('Opened', {i})");

    assertEquals(100, page.evaluate("JSON.parse(sessionStorage['portrait-web']).length"));
    assertEquals(299, page.evaluate("JSON.parse(JSON.parse(sessionStorage['portrait-web']).at(-1)).properties.i"));
  }

  private void afterSending(Runnable act) {
    Response response = page.waitForResponse(answer -> isCollection(answer.request()), act);
    assertEquals(200, response.status());
    response.finished();
  }

  private static boolean isCollection(Request request) {
    return request.url().endsWith("/v1/batch");
  }

  private List<String> names(String user) {
    return events(user).stream().map(event -> event.path("name").asString()).sorted().toList();
  }

  private List<JsonNode> events(String user) {
    return StreamSupport.stream(
        portrait.get("/api/v1/profiles/user_id/%s/events".formatted(user)).path("events").spliterator(), false)
        .toList();
  }
}
