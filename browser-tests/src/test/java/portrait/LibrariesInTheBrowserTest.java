package portrait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.security.Role;
import tools.jackson.databind.JsonNode;

/// The public libraries for web sites, unchanged, in a page of another site: only the address of the server is theirs.
class LibrariesInTheBrowserTest {

  private static final String SEGMENT = """
      <!doctype html><title>Shoes</title><link rel="icon" href="data:,">
      <script src="/files/@segment/analytics-next/dist/umd/index.js"></script>
      <script>
        const analytics = AnalyticsNext.AnalyticsBrowser.load({ writeKey: "%s", cdnURL: "%s" }, %s);
        analytics.screen("Main");
      </script>""";
  private static final String RUDDER = """
      <!doctype html><title>Shoes</title><link rel="icon" href="data:,">
      <script src="/files/@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js"></script>
      <script>
        const analytics = new rudderanalytics.RudderAnalytics();
        analytics.load("%s", "%s", %s);
      </script>""";
  private static final String CALLS = """
      () => {
        analytics.identify("u1", { email: "a@example.com", plan: "pro" });
        analytics.track("Order Completed", { revenue: 12.5, currency: "EUR" });
        analytics.page("Docs", "Home");
        analytics.group("g1", { name: "Initech" });
        analytics.alias("u1", "a1");
      }""";

  private static Path libraries;
  private TestPortrait portrait;
  private String server;
  private String key;

  @BeforeAll
  static void aBrowserIsThere() {
    assumeTrue(Browser.executable().isPresent(), "no Chromium here: install it, or name it in CHROMIUM");
    libraries = NodeLibraries.installed().resolve("node_modules");
  }

  @BeforeEach
  void open(@TempDir Path home) {
    portrait = TestPortrait.today(home);
    server = portrait.parts().server().url().toString();
    key = portrait.parts().security().createKey(Role.COLLECT, "website").key().reveal();
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @Test
  void theSegmentLibrarySendsOneByOne() {
    visit(SEGMENT.formatted(key, server, "{}"),
        List.of("Alias", "Group", "Home", "Identify", "Main", "Order Completed"));
  }

  @Test
  void theSegmentLibrarySendsBatches() {
    visit(SEGMENT.formatted(key, server, """
        { integrations: { "Segment.io": { deliveryStrategy: { strategy: "batching", config: { size: 10, timeout: 200 } } } } }
        """), List.of("Alias", "Group", "Home", "Identify", "Main", "Order Completed"));
  }

  @Test
  void theRudderLibrarySendsOneByOne() {
    visit(RUDDER.formatted(key, server, "{ configUrl: \"%s\" }".formatted(server)),
        List.of("Alias", "Group", "Home", "Identify", "Order Completed"));
  }

  @Test
  void theRudderLibrarySendsBeacons() {
    visit(RUDDER.formatted(key, server,
        "{ configUrl: \"%s\", useBeacon: true, beaconQueueOptions: { flushQueueInterval: 200 } }".formatted(server)),
        List.of("Alias", "Group", "Home", "Identify", "Order Completed"));
  }

  private void visit(String html, List<String> expected) {
    try (var site = new Site(html, libraries); var browser = new Browser(site.url(), 1280, true)) {
      var page = browser.page();
      page.navigate("/shoes");
      page.evaluate(CALLS);
      page.waitForCondition(() -> events().size() >= expected.size());

      assertEquals(expected, events().stream().map(event -> event.path("name").asString()).sorted().toList());
      var profile = portrait.get("/api/v1/profiles/email/a@example.com");
      assertEquals("pro", profile.path("attributes").path("plan").asString());
      assertEquals("g1", profile.path("attributes").path("group_id").asString());
      assertEquals(profile.path("customerId"), portrait.get("/api/v1/profiles/anonymous_id/a1").path("customerId"));
      assertEquals(List.of(), browser.complaints().stream().filter(text -> !text.contains(server)).toList());
      assertEquals(0, portrait.get("/api/v1/quarantine").path("total").asInt());
    }
  }

  private List<JsonNode> events() {
    if (portrait.exchange("GET", "/api/v1/profiles/user_id/u1", "").statusCode() != 200) {
      return List.of();
    }
    return StreamSupport.stream(portrait.get("/api/v1/profiles/user_id/u1/events").path("events").spliterator(), false)
        .toList();
  }
}
