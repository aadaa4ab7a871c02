package portrait.stages.segments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;

/// How many a rule fits: everybody asked, or a share of them.
class EstimationTest {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final int CUSTOMERS = 20_000;
  private static final Warehouse WAREHOUSE = Warehouse.open(WarehouseSettings.inMemory());

  @BeforeAll
  static void tables() {
    WAREHOUSE.write(session -> {
      session.execute("""
          CREATE TABLE Customer AS SELECT CAST(CAST(md5('' || i) AS UUID) AS VARCHAR) AS CustomerId,
            i % 10 AS points, CASE WHEN i % 4 = 0 THEN 'Lyon' ELSE 'Paris' END AS city FROM range(20000) r(i)""");
      session.execute("""
          CREATE TABLE UnifiedActivity AS SELECT CustomerId, CustomerId || n AS ActivityId, 'Visit' AS ActivityName,
            TIMESTAMP '2026-11-20 12:00:00' AS ActivityTimestamp, CAST('{}' AS JSON) AS Properties
          FROM Customer, range(3) r(n) WHERE points < 5""");
      return true;
    });
  }

  @AfterAll
  static void close() {
    WAREHOUSE.close();
  }

  @Test
  void everyPartIsCountedDownToTheInnermost() {
    var estimate = estimate("city = 'Lyon' and (points = 2 or not (points < 5 and count('Visit') >= 3))", 1_000_000);
    assertEquals(Optional.empty(), estimate.sampled());
    assertEquals(CUSTOMERS, estimate.customers());
    assertEquals(
        "city = 'Lyon' 5000 [], points = 2 or not (points < 5 and count('Visit') >= 3) 12000 [points = 2 2000 [], "
            + "not (points < 5 and count('Visit') >= 3) 10000 [points < 5 10000 [], count('Visit') >= 3 10000 []]]",
        told(estimate.parts()));
  }

  @Test
  void whereARuleLooksAtTooManyEventsAShareIsAskedAndTheMarginHolds() {
    var exact = Map.of("count('Visit') >= 3", 10_000L, "count('Visit') >= 1 and points = 2", 2_000L,
        "count('Visit') >= 1 and city = 'Lyon'", 3_000L);
    exact.forEach((rule, members) -> {
      // There are 30,000 events, so one customer in four is asked.
      var estimate = estimate(rule, 8_000);
      var sampled = estimate.sampled().orElseThrow();
      assertEquals(4, sampled.oneIn(), rule);
      assertEquals(CUSTOMERS, estimate.customers());
      assertTrue(Math.abs(estimate.members() - members) <= sampled.margin(), rule + ": " + estimate);
      assertTrue(sampled.margin() > 0 && sampled.margin() < 500, rule + ": " + sampled);
    });
  }

  @Test
  void aRuleThatFitsNobodyInTheSampleSaysHowManyThereMayBe() {
    var estimate = estimate("count('Visit') >= 4", 8_000);
    assertEquals(0, estimate.members());
    assertTrue(estimate.sampled().orElseThrow().margin() >= 12, estimate.toString());
  }

  @Test
  void aRuleWithoutEventsAsksEverybody() {
    var estimate = estimate("points = 2", 1);
    assertEquals(2_000, estimate.members());
    assertEquals(Optional.empty(), estimate.sampled());
  }

  private static Estimate estimate(String rule, long eventsMax) {
    var segment = new SegmentDefinition("s", "s", "", Expressions.condition(rule), ZoneOffset.UTC, false, Map.of(),
        true, List.of());
    return WAREHOUSE.read(session -> new Estimation(segment, List.of(), NOW).run(session, eventsMax));
  }

  private static String told(List<Estimate.Part> parts) {
    return String.join(", ", parts.stream()
        .map(part -> "%s %d [%s]".formatted(part.rule(), part.members(), told(part.parts()))).toList());
  }
}
