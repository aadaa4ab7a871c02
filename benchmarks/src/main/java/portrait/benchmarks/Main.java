package portrait.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Runs one benchmark by name: `portrait bench NAME [SIZE...]`.
public final class Main {

  private static final Map<String, Benchmark> BENCHMARKS = new TreeMap<>(
      Map.ofEntries(Map.entry("start", new StartBenchmark()), Map.entry("ingest", new IngestBenchmark()),
          Map.entry("lookup", new LookUpBenchmark()), Map.entry("mixed", new MixedBenchmark()),
          Map.entry("growth", new GrowthBenchmark()), Map.entry("crash", new CrashBenchmark()),
          Map.entry("match", new MatchBenchmark()), Map.entry("unify", new UnifyBenchmark()),
          Map.entry("segments", new SegmentsBenchmark()), Map.entry("live", new LiveBenchmark()),
          Map.entry("estimate", new EstimateBenchmark()), Map.entry("export", new ExportBenchmark()),
          Map.entry("odata", new ODataBenchmark()), Map.entry("engagement", new EngagementBenchmark())));

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    var chosen = arguments.length > 0 ? BENCHMARKS.get(arguments[0]) : null;
    if (chosen == null) {
      System.err.printf("bench takes a name, one of: %s%n", String.join(", ", BENCHMARKS.keySet()));
      System.exit(2);
      return;
    }
    chosen.run(Path.of(System.getProperty("portrait.launcher", "portrait")).toAbsolutePath(),
        Arrays.asList(arguments).subList(1, arguments.length));
  }

  /// One benchmark. It prints its figures itself, as soon as each is known.
  interface Benchmark {

    /// @param launcher the `portrait` script, so that what is measured is what people start
    /// @param more what stood behind the name
    void run(Path launcher, List<String> more) throws Exception;
  }
}
