package portrait.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Look-ups of known and of anonymous people while nothing else happens.
final class LookUpBenchmark implements Main.Benchmark {

  static final String KNOWN = "/api/v1/profiles/user_id/user-%d";
  static final String ANONYMOUS = "/api/v1/profiles/anonymous_id/device-%d";

  private static final int PEOPLE = 20_000;
  private static final Duration WARM_UP = Duration.ofSeconds(20);
  private static final Duration MEASURED = Duration.ofSeconds(8);
  private static final int CONNECTIONS = 2;
  /** At a steady rate visitors do not wait for each other: so many that one who waits holds up nobody else. */
  private static final int STEADY_CONNECTIONS = 20;
  private static final double P50_MILLIS_MAX = 0.5;
  private static final double P99_MILLIS_MAX = 10;

  @Override
  public void run(Path launcher, List<String> more) throws IOException, InterruptedException {
    try (var home = FilledHome.create()) {
      home.fill(0, PEOPLE);
      String collect = ServerProcess.key(launcher, home.folder(), "collect");
      String lookUp = ServerProcess.key(launcher, home.folder(), "lookup");
      try (var server = ServerProcess.start(launcher, home.folder())) {
        new Traffic(PEOPLE).send(server.url(), collect, 100, 4, WARM_UP, 0);
        LookUps.measure(server.url(), lookUp, KNOWN, PEOPLE, Traffic.SIGNED_IN, CONNECTIONS, WARM_UP);
        measure("lookup", server, lookUp, PEOPLE, 0, "alone");
      }
    }
  }

  /// Prints p50 and p99 of both kinds of look-ups, and what the server's process took for each.
  ///
  /// @param perSecond 0 for as many as are answered
  static void measure(String bench, ServerProcess server, String key, int people, double perSecond, String when)
      throws IOException, InterruptedException {
    for (boolean isKnown : List.of(true, false)) {
      double cpuBefore = server.cpuSeconds();
      var found = lookUps(server.url(), key, people, isKnown,
          perSecond == 0 ? CONNECTIONS : STEADY_CONNECTIONS, MEASURED, perSecond);
      double cpu = (server.cpuSeconds() - cpuBefore) * 1000 / found.count();
      String what = "look-up by %s id, %s; baseline: the aim".formatted(isKnown ? "known" : "anonymous", when);
      // While events come in, too, the counters of the process say nothing about one look-up.
      var perOperation = when.equals("alone") ? cpu : null;
      new Figure(bench, "p50 of a " + what, found.millis(0.5), "ms", P50_MILLIS_MAX, perOperation).print();
      new Figure(bench, "p99 of a " + what, found.millis(0.99), "ms", P99_MILLIS_MAX, perOperation).print();
    }
  }

  static LookUps lookUps(URI url, String key, int people, boolean isKnown, int connections, Duration time,
      double perSecond) throws InterruptedException {
    return LookUps.measure(url, key, isKnown ? KNOWN : ANONYMOUS, people, isKnown ? Traffic.SIGNED_IN : 1, connections,
        time, perSecond);
  }
}
