package portrait.processes.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Status;
import portrait.foundation.warehouse.Sql;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class RetentionTest {

  private static final String VISITORS = """
      kind: Retention
      name: visitors
      spec: { unknown_profiles: { idle: 30d } }
      """;

  private final TestDatabases.Product product;
  private TestPortrait portrait;

  RetentionTest(TestDatabases.Product product) {
    this.product = product;
  }

  @BeforeEach
  void open(@TempDir Path home) {
    portrait = TestPortrait.in(home, product.settings(home));
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @Test
  void visitorsWhoStayAwayAreGoneFromBothStoresAndComeBackAsSomebodyNew() {
    view("stranger", "");
    view("regular", "");
    view("laptop", "ann");
    portrait.refresh();
    String before = look("stranger").path("customerId").asString();
    portrait.pass(Duration.ofDays(20));
    view("regular", "");
    portrait.pass(Duration.ofDays(15));
    // Not before: a rule that is a day old runs by itself.
    portrait.apply(VISITORS);

    assertEquals("visitors 1 0 false", dryRun());
    assertEquals(before, look("stranger").path("customerId").asString());
    run();

    assertEquals(404, portrait.exchange("GET", "/api/v1/profiles/anonymous_id/stranger", "").statusCode());
    assertEquals(404, portrait.exchange("GET", "/api/v1/profiles/customer/" + before, "").statusCode());
    assertEquals(1, portrait.get("/api/v1/profiles/anonymous_id/laptop/events").path("events").size());
    for (String table : List.of("UnifiedActivity", "Customer", "Customer_Measure", "SegmentMembership")) {
      assertEquals(0, rows("SELECT count(*) FROM \"%s\" WHERE \"CustomerId\" = '%s'".formatted(table, before)), table);
    }
    assertEquals(2, rows("SELECT count(*) FROM \"Customer\""));
    assertEquals(2, rows("SELECT count(*) FROM \"UnifiedActivity\""));
    assertEquals("visitors 0 0 false", dryRun());

    view("stranger", "");
    assertNotEquals(before, look("stranger").path("customerId").asString());
    assertEquals(1, portrait.get("/api/v1/profiles/anonymous_id/stranger/events").path("events").size());
  }

  @Test
  void oldEventsGoAndWhatWasCountedOfThemFollows() {
    portrait.apply("""
        kind: Measure
        name: views
        spec: { aggregate: count, event: Product Viewed, title: Views }
        """);
    view("laptop", "ann");
    view("phone", "");
    portrait.refresh();
    portrait.pass(Duration.ofDays(11));
    view("laptop", "ann");
    portrait.apply("""
        kind: Retention
        name: old
        spec: { events: { older_than: 10d, sources: [live], namespaces: [user_id] }, even_if_used: true }
        """);
    assertEquals(2, portrait.get("/api/v1/profiles/user_id/ann").at("/measures/views").asInt());
    assertEquals("old 0 1 false", dryRun());

    run();

    assertEquals(1, portrait.get("/api/v1/profiles/user_id/ann").at("/measures/views").asInt());
    assertEquals(1, look("phone").at("/measures/views").asInt());
    assertEquals(1, rows("SELECT count(*) FROM \"UnifiedActivity\""));
    portrait.refresh();
    assertEquals(2, rows("SELECT count(*) FROM \"UnifiedActivity\""));
  }

  @Test
  void aRuleThatIsShorterThanAWindowInUseIsRefusedAndNamesWhoLooksFurtherBack() {
    portrait.apply("""
        kind: Segment
        name: fans
        spec: { title: Fans, where: { event: Product Viewed, within: 90d } }
        """);

    var refused = portrait.exchange("POST", "/api/v1/definitions", VISITORS);

    assertEquals(400, refused.statusCode());
    assertTrue(refused.body().contains("it deletes what is still looked at by Segment fans (90d)"), refused.body());
    assertEquals(200, portrait.exchange("POST", "/api/v1/definitions", VISITORS.replace("30d", "90d")).statusCode());
  }

  @Test
  void aRuleIsHeldBackOnceSomethingLooksFurtherBack() {
    view("stranger", "");
    portrait.pass(Duration.ofDays(40));
    portrait.apply(VISITORS);
    portrait.apply("""
        kind: Segment
        name: fans
        spec: { title: Fans, where: { event: Product Viewed, within: 90d } }
        """);

    assertEquals("visitors 1 0 true", dryRun());
    run();
    assertEquals(false, look("stranger").path("known").asBoolean(true));

    portrait.apply(VISITORS.replace("} }", "}, even_if_used: true }"));
    run();
    assertEquals(404, portrait.exchange("GET", "/api/v1/profiles/anonymous_id/stranger", "").statusCode());
  }

  @Test
  void theClockRunsItADayAfterTheRuleWasMadeAndThenDaily() {
    view("stranger", "");
    portrait.pass(Duration.ofDays(40));
    portrait.apply(VISITORS);
    var retention = portrait.parts().retention();

    retention.tick();
    assertTrue(retention.lastRun().isEmpty(), "there is time to look at the dry run");

    portrait.pass(Duration.ofHours(25));
    retention.tick();
    portrait.parts().jobs().await(retention.lastRun().orElseThrow().id());
    assertEquals(404, portrait.exchange("GET", "/api/v1/profiles/anonymous_id/stranger", "").statusCode());

    var first = retention.lastRun().orElseThrow().id();
    retention.tick();
    assertEquals(first, retention.lastRun().orElseThrow().id());
    portrait.pass(Duration.ofHours(25));
    retention.tick();
    assertNotEquals(first, retention.lastRun().orElseThrow().id());
  }

  @Test
  void rowsOfASourceAreTheSourcesToDelete(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("cookies.csv"), "cookie,city\nc1,Lyon\n");
    portrait.apply("""
        kind: Source
        name: web
        spec: { tables: [ { name: cookies, path: %s, key: cookie } ] }
        ---
        kind: Namespace
        name: cookies
        spec: { namespace: web.cookies, type: cookie }
        ---
        kind: Unification
        name: customers
        spec: { tables: [ { table: web.cookies } ] }
        """.formatted(folder.resolve("cookies.csv")));
    portrait.refresh();
    portrait.apply(VISITORS);
    portrait.pass(Duration.ofDays(40));

    assertEquals("visitors 0 0 false", dryRun());
  }

  private void run() {
    var job = portrait.parts().jobs().await(portrait.parts().retention().run("test"));
    assertEquals(Status.DONE, job.status(), () -> String.valueOf(job.problem()));
  }

  private String dryRun() {
    var finding = JsonMapper.shared()
        .readTree(portrait.exchange("POST", "/api/v1/retention/run", "{\"dryRun\": true}").body()).at("/findings/0");
    return "%s %d %d %b".formatted(finding.path("rule").asString(), finding.path("customers").asInt(),
        finding.path("events").asInt(), finding.path("isHeldBack").asBoolean());
  }

  private void view(String visitor, String user) {
    String who = user.isEmpty() ? "" : "\"userId\": \"" + user + "\", ";
    assertEquals(200,
        portrait
            .collect("/v1/track",
                """
        {"anonymousId": "%s", %s"event": "Product Viewed", "timestamp": "%s"}""".formatted(visitor, who,
                    portrait.now()))
            .statusCode());
  }

  private JsonNode look(String visitor) {
    return portrait.get("/api/v1/profiles/anonymous_id/" + visitor);
  }

  private long rows(String sql) {
    return portrait.parts().warehouse().read(session -> session.first(Sql.of(sql), row -> row.number(1)).orElseThrow());
  }
}
