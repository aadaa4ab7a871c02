package portrait.processes.rollout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.Status;
import portrait.foundation.warehouse.Sql;
import tools.jackson.databind.json.JsonMapper;

/// What is saved counts for everybody without another event and without a refresh.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class RolloutTest {

  private final TestDatabases.Product product;
  private TestPortrait portrait;

  RolloutTest(TestDatabases.Product product) {
    this.product = product;
  }

  @BeforeEach
  void open(@TempDir Path home) {
    portrait = TestPortrait.in(home, product.settings(home));
    track("amelie", "Order Completed", 30);
    track("amelie", "Order Completed", 20);
    track("basile", "Order Completed", 99);
    track("chloe", "Page Viewed", 0);
    portrait.collect("/v1/identify", "{\"userId\": \"dora\", \"traits\": {\"city\": \"Lyon\"}}");
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @Test
  void aNewSegmentHasItsMembersWithoutAnyEventOrRefresh() {
    portrait.apply("""
        kind: Segment
        name: buyers
        spec: { where: "count('Order Completed') >= 1" }
        ---
        kind: Segment
        name: from-lyon
        spec: { where: "city = 'Lyon'" }
        """);
    portrait.rollOut();
    assertEquals(List.of("buyers"), segmentsOf("amelie"));
    assertEquals(List.of("buyers"), segmentsOf("basile"));
    assertEquals(List.of(), segmentsOf("chloe"));
    assertEquals(List.of("from-lyon"), segmentsOf("dora"));
    var change = portrait.get("/api/v1/segments/from-lyon/history").path("changes").get(0);
    assertEquals("the rule is new or changed", change.path("why").asString());
  }

  @Test
  void whoComesInByTimeAloneComesInOnTime() {
    portrait.apply("""
        kind: Segment
        name: silent
        spec: { where: "not count('Order Completed' within 30d) >= 1" }
        """);
    portrait.rollOut();
    assertEquals(List.of(), segmentsOf("amelie"));
    assertEquals(List.of("silent"), segmentsOf("chloe"));
    portrait.pass(Duration.ofDays(31));
    assertEquals(List.of("silent"), segmentsOf("amelie"));
  }

  @Test
  void aChangedMeasureChangesItsValuesAndTheSegmentsThatBuildOnIt() {
    portrait.apply("""
        kind: Measure
        name: spent
        spec: { aggregate: sum, of: total, event: Order Completed }
        ---
        kind: Segment
        name: spenders
        spec: { where: "measure.spent > 60" }
        """);
    portrait.rollOut();
    assertEquals(50, spent("amelie"));
    assertEquals(List.of(), segmentsOf("amelie"));
    assertEquals(List.of("spenders"), segmentsOf("basile"));
    portrait.apply("""
        kind: Measure
        name: spent
        spec: { formula: "2 * sum(total of 'Order Completed')" }
        """);
    assertEquals(List.of("Measure/spent", "Segment/spenders"), portrait.parts().rollout().waiting());
    portrait.rollOut();
    assertEquals(100, spent("amelie"));
    assertEquals(List.of("spenders"), segmentsOf("amelie"));
  }

  @Test
  void whatIsSwitchedOffOrDeletedAndComesBackHasItsMembersAgain() {
    for (String between : List.of("PUT", "DELETE")) {
      var on = "{\"where\": \"city = 'Lyon'\"}";
      assertEquals(200, portrait.exchange("PUT", "/api/v1/definitions/Segment/lyon", on).statusCode());
      portrait.rollOut();
      assertEquals(List.of("lyon"), segmentsOf("dora"));
      assertEquals(200, portrait.exchange(between, "/api/v1/definitions/Segment/lyon",
          between.equals("PUT") ? "{\"where\": \"city = 'Lyon'\", \"active\": false}" : "").statusCode());
      assertEquals(List.of(), segmentsOf("dora"));
      portrait.exchange("PUT", "/api/v1/definitions/Segment/lyon", on);
      portrait.rollOut();
      assertEquals(List.of("lyon"), segmentsOf("dora"));
    }
  }

  @Test
  void aNewTitleIsNoNewRule() {
    portrait.exchange("PUT", "/api/v1/definitions/Segment/lyon", "{\"where\": \"city = 'Lyon'\"}");
    portrait.rollOut();
    portrait.exchange("PUT", "/api/v1/definitions/Segment/lyon", "{\"where\": \"city='Lyon'\", \"title\": \"Lyon\"}");
    assertEquals(List.of(), portrait.parts().rollout().waiting());
  }

  @Test
  void whatIsSavedOneAfterTheOtherIsAppliedTogetherAndTheTablesFollow() {
    portrait.refresh();
    for (int i = 0; i < 3; i++) {
      portrait.exchange("PUT", "/api/v1/definitions/Segment/s" + i, "{\"where\": \"city = 'Lyon'\"}");
    }
    portrait.exchange("PUT", "/api/v1/definitions/Measure/orders",
        "{\"aggregate\": \"count\", \"event\": \"Order Completed\"}");
    portrait.exchange("PUT", "/api/v1/definitions/Measure/by_month", """
        {"kind": "business", "calculations": {"orders": {"aggregate": "count", "event": "Order Completed"}}}""");
    portrait.rollOut();
    assertEquals(3L, portrait.parts().warehouse().read(session -> session.first(
        Sql.of("SELECT count(*) FROM SegmentMembership"), row -> row.number(1)))
        .orElseThrow());
    assertEquals(4, portrait.get("/api/v1/measures/orders/values").path("total").asInt());
    assertEquals(1, portrait.get("/api/v1/segments/s0/estimate").path("estimate").asInt());
    var note = lastRun().tasks().getLast().note();
    assertTrue(note.contains("changed"), note);
  }

  @Test
  void theApiSaysWhatWaitsAndWhatRuns() {
    portrait.rollOut();
    portrait.exchange("PUT", "/api/v1/definitions/Segment/lyon", "{\"where\": \"city = 'Lyon'\"}");
    var before = portrait.get("/api/v1/rollout");
    assertTrue(before.path("waiting").toString().contains("Segment/lyon") || !before.path("job").isNull(),
        before.toString());
    portrait.exchange("POST", "/api/v1/rollout", "{}");
    portrait.rollOut();
    var after = portrait.get("/api/v1/rollout");
    assertTrue(after.path("waiting").isEmpty() && after.path("job").isNull(), after.toString());
    assertEquals(1, portrait.get("/api/v1/segments/lyon").path("size").asInt());
    assertEquals(true, portrait.get("/api/v1/segments/lyon").path("settled").asBoolean());
  }

  @Test
  void aDryRunSaysHowManyASegmentFitsAndWhatOfItComesLate() {
    portrait.refresh();
    var answer = JsonMapper.shared().readTree(portrait.exchange("POST", "/api/v1/definitions?dryRun=true", """
        kind: Source
        name: shop
        spec: { tables: [ { name: orders, key: id, columns: [ { name: id }, { name: who }, { name: at } ] } ] }
        ---
        kind: Activity
        name: orders
        spec: { table: shop.orders, event: Order Completed, timestamp: at, customer: { column: who, namespace: user_id } }
        ---
        kind: Measure
        name: orders
        spec: { aggregate: count, event: Order Completed }
        ---
        kind: Segment
        name: lyon
        spec: { where: "city = 'Lyon'" }
        ---
        kind: Segment
        name: buyers
        spec: { where: "measure.orders >= 1" }
        """).body());
    assertEquals(5, answer.path("changes").size(), answer.toString());
    var lyon = answer.path("segments").get(0);
    assertEquals("lyon 1 4 true []", "%s %d %d %s %s".formatted(lyon.path("name").asString(),
        lyon.path("estimate").asInt(), lyon.path("customers").asInt(), lyon.path("live"), lyon.path("late")));
    var buyers = answer.path("segments").get(1);
    assertEquals("it builds on Measure/orders, which must be saved first", buyers.path("why").asString());
    assertEquals("[{\"event\":\"Order Completed\",\"tables\":[\"shop.orders\"]}]", buyers.path("late").toString());
    assertEquals(0, portrait.get("/api/v1/segments").path("segments").size());
  }

  private Job lastRun() {
    return portrait.parts().jobs().recent(20).stream()
        .filter(job -> job.name().equals(Rollout.JOB) && job.status() == Status.DONE).findFirst().orElseThrow();
  }

  private void track(String who, String event, int total) {
    portrait.collect("/v1/track", """
        {"userId": "%s", "event": "%s", "timestamp": "2026-11-20T12:00:00Z", "properties": {"total": %d}}"""
        .formatted(who, event, total));
  }

  private List<String> segmentsOf(String who) {
    return portrait.get("/api/v1/profiles/user_id/" + who).path("segments").valueStream()
        .map(segment -> segment.asString()).toList();
  }

  private int spent(String who) {
    return portrait.get("/api/v1/profiles/user_id/" + who).path("measures").path("spent").asInt();
  }
}
