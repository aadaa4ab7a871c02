package portrait.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import portrait.app.Configuration;
import portrait.app.Wiring;

/// Queries of the OData feed: by key beside the same look-up of the JSON API, by segment, and filtered and ordered pages
/// over everybody, alone and while events come in: `portrait bench odata --people N`.
final class ODataBenchmark implements Main.Benchmark {

  private static final String BENCH = "odata";
  private static final String BY_KEY = "/odata/v4/Customer(user_id='user-%d')?$select=CustomerId,city,visits";
  private static final String BY_SEGMENT = "/odata/v4/Customer?$filter=IsMemberOfSegment('lyonnais-%d')&$top=20";
  private static final String PAGE = "/odata/v4/Customer?$filter=city+eq+'Lyon'+and+visits+eq+%d&$orderby=LastSeen+desc&$top=20";
  private static final int VISITS = 100;
  private static final int CONNECTIONS = 2;
  private static final Duration WARM_UP = Duration.ofSeconds(15);
  private static final Duration MEASURED = Duration.ofSeconds(8);
  private static final int PAGES_PER_SECOND = 50;
  private static final double PAGE_P99_MILLIS_MAX = 100;
  private static final int EVENTS_PER_SECOND = 1_000;
  private static final int BATCH = 50;

  @Override
  public void run(Path launcher, List<String> more) throws IOException, InterruptedException, ExecutionException {
    int people = Sizes.read(more, Map.of("people", 100_000)).get("people");
    try (var home = FilledHome.create()) {
      home.fill(0, people);
      refresh(home);
      String collect = ServerProcess.key(launcher, home.folder(), "collect");
      String viewer = ServerProcess.key(launcher, home.folder(), "viewer");
      try (var server = ServerProcess.start(launcher, home.folder());
          var ingesting = Executors.newSingleThreadExecutor()) {
        for (String path : List.of(LookUpBenchmark.KNOWN, BY_KEY)) {
          LookUps.measure(server.url(), viewer, path, people, Traffic.SIGNED_IN, CONNECTIONS, WARM_UP);
        }
        var lookUps = LookUps.measure(server.url(), viewer, LookUpBenchmark.KNOWN, people, Traffic.SIGNED_IN,
            CONNECTIONS, MEASURED);
        report(server, viewer, "by key", BY_KEY, people, Traffic.SIGNED_IN, lookUps, "the look-up of the JSON API");
        LookUps.measure(server.url(), viewer, BY_SEGMENT, 1, 1, CONNECTIONS, WARM_UP.dividedBy(3));
        report(server, viewer, "20 members of a segment", BY_SEGMENT, 1, 1, lookUps, "one look-up of the JSON API");
        paced(server.url(), viewer, WARM_UP.dividedBy(3));
        page(paced(server.url(), viewer, MEASURED), people, "alone");
        var events = ingesting.submit(() -> new Traffic(people).send(server.url(), collect, BATCH, 2, MEASURED,
            EVENTS_PER_SECOND));
        page(paced(server.url(), viewer, MEASURED), people, "while %,d events a second come in"
            .formatted(EVENTS_PER_SECOND));
        new Figure(BENCH, "events taken in meanwhile; baseline: what was sent",
            events.get() / (MEASURED.toMillis() / 1000.0), "events/s", (double) EVENTS_PER_SECOND, null).print();
      }
    }
  }

  /// Puts everybody into the warehouse, and one in a hundred into a segment.
  private static void refresh(FilledHome home) {
    var configuration = Configuration.read(home.folder(), Map.of("port", "0", "warehouse_megabytes", "2048"),
        System.getenv());
    try (var portrait = Wiring.open(configuration, Clock.systemUTC())) {
      portrait.definitions().apply("""
          kind: Segment
          name: lyonnais-0
          spec: { where: "city = 'Lyon' and visits = 7" }
          """, BENCH);
      portrait.jobs().await(portrait.refresh().start(Optional.empty(), BENCH));
    }
  }

  private static void report(ServerProcess server, String key, String what, String path, int people, int step,
      LookUps beside, String baseline) throws IOException, InterruptedException {
    double cpuBefore = server.cpuSeconds();
    var found = LookUps.measure(server.url(), key, path, people, step, CONNECTIONS, MEASURED);
    double cpu = (server.cpuSeconds() - cpuBefore) * 1000 / found.count();
    double seconds = MEASURED.toMillis() / 1000.0;
    new Figure(BENCH, "queries %s; baseline: %s".formatted(what, baseline), found.count() / seconds, "queries/s",
        beside.count() / seconds, cpu).print();
    new Figure(BENCH, "p99 of a query %s; baseline: %s".formatted(what, baseline), found.millis(0.99), "ms",
        beside.millis(0.99), cpu).print();
  }

  private static void page(LookUps found, int people, String when) {
    new Figure(BENCH,
        "p50 of a filtered, ordered page over %,d customers, %d a second, %s; baseline: the aim".formatted(
            people, PAGES_PER_SECOND, when),
        found.millis(0.5), "ms", PAGE_P99_MILLIS_MAX, null).print();
    new Figure(BENCH,
        "p99 of a filtered, ordered page over %,d customers, %d a second, %s; baseline: the aim".formatted(
            people, PAGES_PER_SECOND, when),
        found.millis(0.99), "ms", PAGE_P99_MILLIS_MAX, null).print();
  }

  /// Pages at a steady rate. A query is late from the moment it was due, so that a slow one does not hide those behind it.
  private static LookUps paced(URI url, String key, Duration time) throws InterruptedException, ExecutionException {
    int connections = 4;
    long between = connections * 1_000_000_000L / PAGES_PER_SECOND;
    long began = System.nanoTime();
    var work = new ArrayList<Callable<long[]>>();
    for (int connection = 0; connection < connections; connection++) {
      long first = began + connection * between / connections;
      var random = new SplittableRandom(connection);
      work.add(() -> {
        var nanos = new long[(int) (time.toNanos() / between)];
        try (var http = new HttpConnection(url)) {
          for (int query = 0; query < nanos.length; query++) {
            long due = first + query * between;
            LockSupport.parkNanos(due - System.nanoTime());
            int status = http.send(HttpConnection.get(url, PAGE.formatted(random.nextInt(VISITS)), "Bearer " + key));
            if (status != 200) {
              throw new IOException("the server answered " + status + " to a page");
            }
            nanos[query] = System.nanoTime() - Math.min(due, System.nanoTime());
          }
        }
        return nanos;
      });
    }
    try (var threads = Executors.newFixedThreadPool(connections)) {
      var all = new ArrayList<long[]>();
      for (var each : threads.invokeAll(work)) {
        all.add(each.get());
      }
      return new LookUps(all.stream().flatMapToLong(Arrays::stream).sorted().toArray());
    }
  }
}
