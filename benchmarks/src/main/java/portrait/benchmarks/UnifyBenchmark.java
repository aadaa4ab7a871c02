package portrait.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import portrait.app.Configuration;
import portrait.app.Wiring;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.JobId;
import portrait.foundation.jobs.Status;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.processes.refresh.Refresh;

/// Records of three tables, of which about a quarter are surplus, from files to published customers:
/// `portrait bench unify --people N`, in a home on disk and as the settings stand, and before that with a tenth of them, so
/// that the growth is seen and the code is warm.
///
/// What matching costs is compared with a program by hand for the same blocks and comparisons in the bare engine; see
/// [BarePlan]. A second refresh follows in which one row in a hundred changed. In the end matching is repeated with 1, 2
/// and 8 threads, and must find the same pairs.
final class UnifyBenchmark implements Main.Benchmark {

  private static final String BENCH = "unify";
  private static final List<String> STAGES = List.of("sources", "unification", "profiles", "activities", "measures",
      "tables", "segments", "publish");

  @Override
  public void run(Path launcher, List<String> more) throws IOException {
    var sizes = Sizes.read(more, Map.of("people", 100_000, "megabytes", 2_048));
    double few = measure(sizes.with("people", sizes.get("people") / 10), 0);
    measure(sizes, few);
  }

  /// @param few CPU seconds that a tenth took; 0 when this is that
  private static double measure(Sizes sizes, double few) throws IOException {
    int people = sizes.get("people");
    String what = "%,d records: ".formatted(people);
    try (var home = FilledHome.create()) {
      var configuration = Configuration.read(home.folder(),
          Map.of("port", "0", "warehouse_megabytes", String.valueOf(sizes.get("megabytes"))), System.getenv());
      try (var portrait = Wiring.open(configuration, Clock.systemUTC())) {
        portrait.definitions().apply(definitions(), "bench");
        GeneratedPeople.write(home.folder(), people, 0);
        ProcessMemory.forgetPeak();
        double first = byStage(portrait, what, people);
        new Figure(BENCH, what + "from files to published customers"
            + (few == 0 ? "" : "; baseline: a tenth of the records"), first, "s CPU", few == 0 ? null : few,
            first / people * 1e3).print();
        memory(what, sizes.get("megabytes"));
        if (few > 0) {
          new Figure(BENCH, what + "customers", customers(portrait), "customers", null, null).print();
          // Before the rules are renamed: then every link would be another one.
          again(portrait, home.folder(), what, people, first);
          matching(portrait, home.folder(), what);
          threads(portrait, what);
        }
        return first;
      }
    }
  }

  /// @return CPU seconds of a whole refresh
  private static double byStage(Wiring portrait, String what, int people) {
    double all = 0;
    for (String stage : STAGES) {
      double seconds = seconds(portrait, () -> portrait.refresh().start(Optional.of(stage), "bench"));
      new Figure(BENCH, what + stage, seconds, "s CPU", null, seconds / people * 1e3).print();
      all += seconds;
    }
    return all;
  }

  private static String definitions() throws IOException {
    try (var yaml = Objects.requireNonNull(UnifyBenchmark.class.getResourceAsStream("unify.yaml"))) {
      return new String(yaml.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void memory(String what, int megabytes) {
    new Figure(BENCH, what + "most resident memory; baseline: limit of the warehouse x 1.2, heap and 300 MB",
        ProcessMemory.peakMegabytes(), "MB", megabytes * 1.2 + Runtime.getRuntime().maxMemory() / 1e6 + 300, null)
        .print();
  }

  /// The rules alone, beside the same plan by hand.
  private static void matching(Wiring portrait, Path folder, String what) throws IOException {
    portrait.definitions().apply(definitions().replace("likely", "most likely"), "bench");
    double ours = seconds(portrait, () -> portrait.refresh().unify(Refresh.Scope.MATCHING, "bench"));
    var rule = portrait.unification().lastLikely().orElseThrow().rules().getFirst();
    var pairs = new long[1];
    double began = Taken.cpuSeconds();
    try (var bare = Warehouse.open(new WarehouseSettings(Optional.empty(), 4_096, 2))) {
      bare.write(session -> {
        pairs[0] = BarePlan.run(session, folder.resolve("data/*.csv"),
            rule.blocks().stream().map(block -> block.keys()).toList());
        return true;
      });
    }
    double bare = Taken.cpuSeconds() - began;
    new Figure(BENCH, what + "matching; baseline: the same blocks and comparisons by hand", ours, "s CPU", bare, null)
        .print();
    new Figure(BENCH, what + "pairs compared; baseline: by hand", rule.result().compared(), "pairs", (double) pairs[0],
        null).print();
  }

  private static void again(Wiring portrait, Path folder, String what, int people, double first) throws IOException {
    GeneratedPeople.write(folder, people, 100);
    double second = byStage(portrait, what + "one row in a hundred changed: ", people);
    new Figure(BENCH, what + "one row in a hundred changed; baseline: the first refresh", second, "s CPU", first, null)
        .print();
    new Figure(BENCH, what + "one row in a hundred changed: customers", customers(portrait), "customers", null, null)
        .print();
    double none = seconds(portrait, () -> portrait.refresh().start(Optional.empty(), "bench"));
    new Figure(BENCH, what + "nothing changed; baseline: the first refresh", none, "s CPU", first, null).print();
  }

  private static void threads(Wiring portrait, String what) throws IOException {
    String expected = pairs(portrait);
    for (int threads : new int[]{1, 2, 8}) {
      portrait.warehouse().write(session -> session.execute("SET threads = " + threads));
      // Another name of the rule, or nothing would be run.
      portrait.definitions().apply(definitions().replace("likely", "likely with %d threads".formatted(threads)),
          "bench");
      seconds(portrait, () -> portrait.refresh().unify(Refresh.Scope.MATCHING, "bench"));
      String found = pairs(portrait);
      if (!found.equals(expected)) {
        throw new IllegalStateException("with %d threads matching finds %s instead of %s".formatted(threads, found,
            expected));
      }
    }
    new Figure(BENCH, what + "runs with 1, 2 and 8 threads that find other pairs", 0, "runs", null, null).print();
  }

  /// How many pairs there are, and a sum that any other pair or score would change.
  private static String pairs(Wiring portrait) {
    return portrait.warehouse().read(session -> session.first(Sql.of("""
        SELECT count(*) || ' pairs ' || coalesce(sum(CAST(hash(one, other, rule, score) AS HUGEINT)), 0)
        FROM _unification_pair"""), row -> row.text(1)).orElseThrow());
  }

  private static double customers(Wiring portrait) {
    return portrait.database().read(tx -> tx.first("SELECT COUNT(*) FROM profile", row -> row.number(1)))
        .orElseThrow();
  }

  private interface Start {
    JobId start();
  }

  private static double seconds(Wiring portrait, Start start) {
    double began = Taken.cpuSeconds();
    Job job = portrait.jobs().await(start.start());
    if (job.status() != Status.DONE) {
      throw new IllegalStateException(job.title() + ": " + job.problem());
    }
    return Taken.cpuSeconds() - began;
  }
}
