package portrait.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an event and a look-up cost the server's process when there are more and more customers. Events come once from as
/// many people whatever their number is, as on a site whose visitors each do several things, and once from everybody
/// alike, so that nearly each event is the first of somebody who is in no memory. Sizes may be given:
/// `portrait bench growth 10000 100000 1000000 5000000`.
final class GrowthBenchmark implements Main.Benchmark {

  private static final List<String> SIZES = List.of("10000", "100000", "1000000");
  private static final int ACTIVE = 10_000;
  private static final int BATCH = 100;
  private static final int CONNECTIONS = 4;
  /** Numbers and not a time, because on a busy machine the compiler of the JVM needs longer. */
  private static final long EVENTS_TO_WARM_UP = 150_000;
  private static final long LOOK_UPS_TO_WARM_UP = 40_000;
  private static final Duration MEASURED = Duration.ofSeconds(12);

  @Override
  public void run(Path launcher, List<String> more) throws IOException, InterruptedException {
    try (var home = FilledHome.create()) {
      String collect = ServerProcess.key(launcher, home.folder(), "collect");
      String lookUp = ServerProcess.key(launcher, home.folder(), "lookup");
      int filled = 0;
      Double firstEvent = null;
      Double firstOfAnybody = null;
      Double firstLookUp = null;
      for (String text : more.isEmpty() ? SIZES : more) {
        int people = Integer.parseInt(text);
        home.fill(filled, people);
        filled = people;
        try (var server = ServerProcess.start(launcher, home.folder())) {
          double event = event(server, collect, new Traffic(people, Math.min(people, ACTIVE)));
          firstEvent = print("an event of one of %,d active people".formatted(ACTIVE), event, firstEvent, people);
          double ofAnybody = event(server, collect, new Traffic(people));
          firstOfAnybody = print("an event of anybody", ofAnybody, firstOfAnybody, people);
          double one = lookUp(server, lookUp, people);
          firstLookUp = print("a look-up", one, firstLookUp, people);
        }
      }
    }
  }

  private static double event(ServerProcess server, String key, Traffic traffic)
      throws IOException, InterruptedException {
    for (long sent = 0; sent < EVENTS_TO_WARM_UP;) {
      sent += traffic.send(server.url(), key, BATCH, CONNECTIONS, MEASURED, 0);
    }
    double before = server.cpuSeconds();
    long events = traffic.send(server.url(), key, BATCH, CONNECTIONS, MEASURED, 0);
    return (server.cpuSeconds() - before) * 1000 / events;
  }

  private static double lookUp(ServerProcess server, String key, int people) throws IOException, InterruptedException {
    for (long found = 0; found < LOOK_UPS_TO_WARM_UP;) {
      found += LookUpBenchmark.lookUps(server.url(), key, people, false, CONNECTIONS, MEASURED, 0).count();
    }
    double before = server.cpuSeconds();
    var found = LookUpBenchmark.lookUps(server.url(), key, people, false, CONNECTIONS, MEASURED, 0);
    return (server.cpuSeconds() - before) * 1000 / found.count();
  }

  /// @return what the smallest home took
  private static double print(String what, double cpuMillis, @Nullable Double first, int people) {
    double baseline = first == null ? cpuMillis : first;
    new Figure("growth",
        "CPU of the server for %s with %,d customers; baseline: with the fewest".formatted(what, people),
        cpuMillis, "ms", baseline, cpuMillis).print();
    return baseline;
  }
}
