package portrait.benchmarks;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// Runs one benchmark by name: `portrait bench NAME`.
public final class Main {

  private static final Map<String, Benchmark> BENCHMARKS = new TreeMap<>(
      Map.of("start", new StartBenchmark(), "ingest", new IngestBenchmark(), "match", new MatchBenchmark()));

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    var chosen = arguments.length == 1 ? BENCHMARKS.get(arguments[0]) : null;
    if (chosen == null) {
      System.err.printf("bench takes one name, one of: %s%n", String.join(", ", BENCHMARKS.keySet()));
      System.exit(2);
      return;
    }
    chosen.run(Path.of(System.getProperty("portrait.launcher", "portrait")).toAbsolutePath());
  }

  /// One benchmark. It prints its figures itself, as soon as each is known.
  interface Benchmark {

    /// @param launcher the `portrait` script, so that what is measured is what people start
    void run(Path launcher) throws Exception;
  }
}
