package portrait.doors.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import portrait.foundation.model.Problem;

/// Benchmarks live in a Maven module of their own, which the launcher builds and starts; this says so to whoever came
/// another way.
@Command(name = "bench", description = "Run a benchmark: start, ingest, lookup, mixed, growth, live, match, unify, segments, estimate, export, odata or crash. Prints JSON lines.", sortOptions = false)
final class BenchCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "NAME", description = "Which one.")
  private String name = "";
  @Parameters(index = "1..*", paramLabel = "SIZE", description = "Sizes for growth, the number of kills for crash.")
  private List<String> sizes = List.of();
  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  @Override
  public Integer call() {
    throw Problem.of(Problem.Code.INVALID_PARAMETER, "benchmark '%s' needs the source folder".formatted(name),
        "Run it there: ./portrait bench %s".formatted(name)).asException();
  }
}
