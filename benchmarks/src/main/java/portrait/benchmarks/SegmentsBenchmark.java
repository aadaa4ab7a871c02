package portrait.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import portrait.app.Configuration;
import portrait.app.Wiring;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// All members of all segments, over whole tables: `portrait bench segments --people N --events M --segments K`.
///
/// What it is compared with is written by hand for the same segments over the same tables, in the same run: once as a
/// query for each segment, once as one pass over the events that computes a feature for each condition. The faster of
/// both counts. After each round all three must have found the same members and the same values of the measure. Then it
/// shows what the next refreshes cost: after nothing changed, after a few customers did something, after a day went by.
final class SegmentsBenchmark implements Main.Benchmark {

  private static final String BENCH = "segments";
  private static final int ROUNDS = 3;

  @Override
  public void run(Path launcher, List<String> more) throws IOException {
    var sizes = Sizes.read(more, Map.of("people", 100_000, "events", 2_000_000, "segments", 100));
    double few = measure(sizes.with("segments", Math.max(1, sizes.get("segments") / 10)), 0);
    measure(sizes, few);
  }

  /// @param few what a tenth of the segments took; 0 when this is that
  private static double measure(Sizes sizes, double few) throws IOException {
    try (var home = FilledHome.create()) {
      var configuration = Configuration.read(home.folder(), Map.of("port", "0", "warehouse_megabytes", "4096"),
          System.getenv());
      try (var portrait = Wiring.open(configuration, Clock.systemUTC())) {
        var samples = new SampleSegments(sizes.get("segments"));
        portrait.definitions().apply(samples.yaml(), "bench");
        FilledHome.rollOut(portrait);
        portrait.warehouse().write(session -> {
          GeneratedWarehouse.lay(session, sizes.get("people"), sizes.get("events"));
          return true;
        });
        double ours = Double.MAX_VALUE;
        double each = Double.MAX_VALUE;
        double together = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
          ours = Math.min(ours,
              seconds(portrait, session -> fromNothing(portrait, session)));
          each = Math.min(each, seconds(portrait, session -> oneByOne(session, samples)));
          together = Math.min(together, seconds(portrait, session -> inOnePass(session, samples)));
          refuseOtherMembers(portrait);
        }
        String what = "%,d segments, %,d customers, %,d events".formatted(sizes.get("segments"), sizes.get("people"),
            sizes.get("events"));
        new Figure(BENCH, what + "; baseline: the better of two sets of queries by hand", ours, "s",
            Math.min(each, together), null).print();
        new Figure(BENCH, what + "; baseline: a query by hand for each", ours, "s", each, null).print();
        new Figure(BENCH, what + "; baseline: features by hand in one pass", ours, "s", together, null).print();
        again(portrait, what, ours);
        if (few > 0) {
          new Figure(BENCH, what + "; baseline: a tenth of the segments", ours, "s", few, null).print();
        }
        return ours;
      }
    }
  }

  private static void fromNothing(Wiring portrait, WarehouseSession session) {
    // Without this moment nothing is known of what was computed before.
    session.execute("DROP TABLE IF EXISTS _assessed_at");
    portrait.segments().assess(session, Map.of(), SampleSegments.NOW);
  }

  private static void again(Wiring portrait, String what, double whole) {
    seconds(portrait, session -> fromNothing(portrait, session));
    double unchanged = seconds(portrait,
        session -> portrait.segments().assess(session, Map.of(), SampleSegments.NOW));
    new Figure(BENCH, what + "; again after nothing changed; baseline: for everybody", unchanged, "s", whole, null)
        .print();
    portrait.warehouse().write(session -> session.execute("""
        INSERT INTO UnifiedActivity BY NAME SELECT CustomerId, 'new ' || CustomerId AS ActivityId, 'track' AS ActivityType,
          'Order Completed' AS ActivityName, TIMESTAMP '2024-06-15 11:00:00' AS ActivityTimestamp, 'web' AS Source,
          '{"amount":10,"category":"category-1"}' AS Properties FROM Customer WHERE hash(CustomerId) % 100 = 0"""));
    double some = seconds(portrait, session -> portrait.segments().assess(session, Map.of(), SampleSegments.NOW));
    new Figure(BENCH, what + "; again after one in a hundred bought something; baseline: for everybody", some, "s",
        whole,
        null).print();
    double later = seconds(portrait, session -> portrait.segments().assess(session, Map.of(),
        SampleSegments.NOW.plus(Duration.ofHours(1))));
    new Figure(BENCH, what + "; again after an hour; baseline: for everybody", later, "s", whole, null).print();
  }

  private interface Work {
    void run(WarehouseSession session);
  }

  /// CPU time, which a shared machine changes less than the time of the clock.
  private static double seconds(Wiring portrait, Work work) {
    double began = Taken.cpuSeconds();
    portrait.warehouse().write(session -> {
      work.run(session);
      return true;
    });
    return Taken.cpuSeconds() - began;
  }

  private static void empty(WarehouseSession session) {
    session.execute("CREATE OR REPLACE TABLE hand (CustomerId VARCHAR, Segment VARCHAR)");
    session.execute("CREATE OR REPLACE TABLE hand_measure (CustomerId VARCHAR, revenue DOUBLE)");
  }

  private static void oneByOne(WarehouseSession session, SampleSegments samples) {
    empty(session);
    session.execute("INSERT INTO hand_measure " + GeneratedWarehouse.REVENUE);
    samples.all().forEach(sample -> session.execute("INSERT INTO hand SELECT CustomerId, '%s' FROM (%s)"
        .formatted(sample.name(), sample.query())));
  }

  private static void inOnePass(WarehouseSession session, SampleSegments samples) {
    empty(session);
    var joined = new StringBuilder();
    samples.features().forEach((event, features) -> {
      String table = "\"of " + event + "\"";
      session.execute("""
          CREATE OR REPLACE TEMP TABLE %s AS SELECT CustomerId%s FROM (
            SELECT CustomerId, ActivityId, ActivityTimestamp, Properties->>'$.category' AS category,
              CAST(Properties->>'$.amount' AS DOUBLE) AS amount FROM UnifiedActivity WHERE ActivityName = '%s')
          GROUP BY CustomerId""".formatted(table, features.entrySet().stream()
          .map(each -> ", %s AS %s".formatted(each.getKey(), each.getValue())).collect(Collectors.joining())
          + (event.equals("Order Completed") ? ", sum(amount) AS all_revenue" : ""), event));
      joined.append(" LEFT JOIN ").append(table).append(" USING (CustomerId)");
    });
    session.execute("CREATE OR REPLACE TEMP TABLE feature AS FROM Customer" + joined);
    session.execute("INSERT INTO hand_measure SELECT CustomerId, coalesce(all_revenue, 0) FROM feature");
    for (var sample : samples.all()) {
      String query = sample.condition().isEmpty() ? sample.query()
          : "SELECT CustomerId FROM feature %s WHERE %s".formatted(
              sample.condition().contains("revenue") ? "JOIN hand_measure USING (CustomerId)" : "",
              sample.condition());
      session.execute("INSERT INTO hand SELECT CustomerId, '%s' FROM (%s)".formatted(sample.name(), query));
    }
  }

  private static void refuseOtherMembers(Wiring portrait) {
    long different = portrait.warehouse().read(session -> session.first(Sql.of("""
        SELECT count(*) FROM ((FROM SegmentMembership EXCEPT FROM hand) UNION ALL (FROM hand EXCEPT FROM SegmentMembership)
          UNION ALL SELECT CustomerId, 'revenue' FROM Customer_Measure AS ours JOIN hand_measure AS hand USING (CustomerId)
            WHERE abs(ours.revenue - hand.revenue) > 1e-6)
        """), row -> row.number(1)).orElseThrow());
    if (different > 0) {
      throw new IllegalStateException("%,d memberships differ from those by hand".formatted(different));
    }
  }
}
