package portrait.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import portrait.app.Configuration;
import portrait.app.Wiring;
import portrait.foundation.warehouse.Sql;
import portrait.stages.segments.Estimate;
import tools.jackson.databind.json.JsonMapper;

/// How long the builder waits for the size of a rule that is being typed: `portrait bench estimate --people N --events M`.
/// The estimate is exact, or where a rule looks at very many events as near as it says. What it is compared with is a count by hand of the same rule, in the same run.
final class EstimateBenchmark implements Main.Benchmark {

  private static final String BENCH = "estimate";
  private static final int KINDS = 10;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Override
  public void run(Path launcher, List<String> more) throws IOException {
    var sizes = Sizes.read(more, Map.of("people", 100_000, "events", 2_000_000));
    try (var home = FilledHome.create()) {
      var configuration = Configuration.read(home.folder(), Map.of("port", "0", "warehouse_megabytes", "4096"),
          System.getenv());
      try (var portrait = Wiring.open(configuration, Clock.systemUTC())) {
        measure(portrait, sizes);
      }
    }
  }

  private static void measure(Wiring portrait, Sizes sizes) {
    var samples = new SampleSegments(KINDS);
    portrait.definitions().apply(samples.yaml(), "bench");
    FilledHome.rollOut(portrait);
    portrait.warehouse().write(session -> {
      GeneratedWarehouse.lay(session, sizes.get("people"), sizes.get("events"));
      portrait.segments().assess(session, Map.of(), SampleSegments.NOW);
      session.execute("CREATE OR REPLACE TABLE hand_measure AS FROM Customer_Measure");
      session.execute("CREATE OR REPLACE TABLE hand AS FROM SegmentMembership");
      return true;
    });
    var ours = new ArrayList<Taken>();
    var byHand = new ArrayList<Taken>();
    int sampled = 0;
    for (var sample : samples.all()) {
      var rule = portrait.segments().draft(JSON.createObjectNode().put("where", sample.rule()));
      var estimates = new ArrayList<Estimate>();
      long[] found = new long[2];
      ours.add(Taken.by(() -> estimates.add(portrait.warehouse()
          .read(session -> portrait.segments().estimate(session, rule, SampleSegments.NOW)))));
      byHand.add(Taken.by(() -> found[1] = portrait.warehouse().read(session -> session
          .first(Sql.of("SELECT count(*) FROM (%s)".formatted(sample.query())), row -> row.number(1)).orElseThrow())));
      var estimate = estimates.getFirst();
      found[0] = estimate.members();
      sampled += estimate.sampled().isPresent() ? 1 : 0;
      // Twice the margin: one estimate in twenty may lie outside of it.
      long off = estimate.sampled().map(share -> 2 * share.margin()).orElse(0L);
      if (Math.abs(found[0] - found[1]) > off) {
        throw new IllegalStateException("%s: %,d estimated, %,d by hand".formatted(sample.rule(), found[0], found[1]));
      }
    }
    String what = " of %d rules over %,d customers and %,d events, %d of them sampled; baseline: a count by hand"
        .formatted(KINDS, sizes.get("people"), sizes.get("events"), sampled);
    new Figure(BENCH, "CPU of the estimates" + what, sum(ours), "s", sum(byHand), sum(ours) * 1_000 / KINDS).print();
    new Figure(BENCH, "the longest estimate" + what, longest(ours), "s", longest(byHand), null).print();
  }

  private static double sum(List<Taken> all) {
    return all.stream().mapToDouble(Taken::cpu).sum();
  }

  private static double longest(List<Taken> all) {
    return all.stream().mapToDouble(Taken::clock).max().orElseThrow();
  }
}
