package portrait.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/// Look-ups at a steady rate while events come in at half the rate that the server can take.
final class MixedBenchmark implements Main.Benchmark {

  private static final int PEOPLE = 20_000;
  private static final double LOOK_UPS_PER_SECOND = 500;
  private static final int BATCH = 100;
  private static final int CONNECTIONS = 4;
  private static final Duration WARM_UP = Duration.ofSeconds(15);
  private static final Duration RATE = Duration.ofSeconds(8);
  /** Longer than the look-ups take, which come one kind after the other. */
  private static final Duration INGESTING = Duration.ofSeconds(20);

  @Override
  public void run(Path launcher, List<String> more) throws IOException, InterruptedException, ExecutionException {
    var traffic = new Traffic(PEOPLE);
    try (var home = FilledHome.create()) {
      home.fill(0, PEOPLE);
      String collect = ServerProcess.key(launcher, home.folder(), "collect");
      String lookUp = ServerProcess.key(launcher, home.folder(), "lookup");
      try (var server = ServerProcess.start(launcher, home.folder());
          var ingesting = Executors.newSingleThreadExecutor()) {
        traffic.send(server.url(), collect, BATCH, CONNECTIONS, WARM_UP, 0);
        LookUpBenchmark.lookUps(server.url(), lookUp, PEOPLE, true, CONNECTIONS, WARM_UP, 0);
        double rate = traffic.send(server.url(), collect, BATCH, CONNECTIONS, RATE, 0) / (RATE.toMillis() / 1000.0);
        var events = ingesting.submit(
            () -> traffic.send(server.url(), collect, BATCH, CONNECTIONS, INGESTING, rate / 2));
        LookUpBenchmark.measure("mixed", server, lookUp, PEOPLE, LOOK_UPS_PER_SECOND,
            "%,.0f a second, while ingesting at half rate".formatted(LOOK_UPS_PER_SECOND));
        new Figure("mixed", "events taken in meanwhile; baseline: the rate without look-ups",
            events.get() / (INGESTING.toMillis() / 1000.0), "events/s", rate, null).print();
      }
    }
  }
}
