package portrait.benchmarks;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import portrait.app.Configuration;
import portrait.app.Wiring;
import portrait.foundation.connections.Connections;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.Secret;
import portrait.foundation.warehouse.Sql;
import portrait.stages.exports.RunReport;
import tools.jackson.databind.json.JsonMapper;

/// Customers per second to a Parquet file on this machine, to the same file in a store with the interface of Amazon S3
/// and to a stub of Braze, beside a bare copy of the same file by DuckDB and the rate that Braze allows, and what it
/// holds in memory with few and with many: `portrait bench export --few N --many M`.
final class ExportBenchmark implements Main.Benchmark {

  private static final String BENCH = "export";
  /** What the present contract allows: 1,000 calls a second, of 50 users as we send them. */
  private static final double BRAZE_ALLOWS = 50_000;

  @Override
  public void run(Path launcher, List<String> more) throws IOException, InterruptedException {
    var sizes = Sizes.read(more, Map.of("few", 10_000, "many", 100_000));
    var stub = stub();
    try (var home = FilledHome.create(); var store = ObjectStore.start(launcher, home.folder("store"))) {
      var places = new Places("http://127.0.0.1:" + stub.getAddress().getPort(), store);
      home.fill(0, sizes.get("few"));
      var few = measure(home, places, sizes.get("few"), Map.of());
      home.fill(sizes.get("few"), sizes.get("many"));
      measure(home, places, sizes.get("many"), few);
    } finally {
      stub.stop(0);
    }
  }

  /// Where rows go, besides a folder of the home.
  private record Places(String braze, ObjectStore store) {

    String definitions() {
      return """
          kind: Connection
          name: disk
          spec: { type: disk, settings: { folder: bench } }
          ---
          kind: Connection
          name: s3
          spec: { type: s3, settings: { %s } }
          ---
          kind: Connection
          name: braze
          spec: { type: braze, settings: { endpoint: "%s", api_key: { secret: braze.api_key } } }
          ---
          kind: Export
          name: to-disk
          spec: { connection: disk, mode: full, columns: %3$s, settings: { format: parquet } }
          ---
          kind: Export
          name: to-s3
          spec: { connection: s3, mode: full, columns: %3$s, settings: { format: parquet } }
          ---
          kind: Export
          name: to-braze
          spec:
            connection: braze
            columns: [city, language, visits]
            settings: { segment_id: seg, email: email, external_id: identity.anonymous_id }
          """.formatted(String.join(", ", store.settings()), braze,
          "[city, language, visits, { name: device, from: identity.anonymous_id }]");
    }
  }

  /// @param before what this returned of fewer people
  /// @return the peak of memory of each export, in megabytes
  private static Map<String, Double> measure(FilledHome home, Places places, int people, Map<String, Double> before)
      throws InterruptedException {
    var configuration = Configuration.read(home.folder(), Map.of("port", "0", "further_hosts",
        places.braze() + "," + places.store().address()), System.getenv());
    try (var portrait = Wiring.open(configuration, Clock.systemUTC())) {
      portrait.connections().putSecret("braze.api_key", Secret.of("key"), BENCH);
      portrait.connections().putSecret("s3.secret_access_key", Secret.of(ObjectStore.SECRET), BENCH);
      portrait.definitions().apply(places.definitions(), BENCH);
      for (String connection : List.of("disk", "s3", "braze")) {
        portrait.connections().agree(connection, Connections.PRIVACY_TEXT, BENCH);
      }
      var disk = Run.of(portrait, "to-disk", true, people);
      var s3 = Run.of(portrait, "to-s3", true, people);
      var braze = Run.of(portrait, "to-braze", true, people);
      var again = Run.of(portrait, "to-braze", false, people);
      double copied = people / copied(portrait, disk.report());
      disk.print("to a Parquet file", "DuckDB copies the file", copied, before);
      s3.print("to the same in a store like Amazon S3", "DuckDB copies the file", copied, before);
      braze.print("to a stub of Braze", "what Braze allows", BRAZE_ALLOWS, before);
      again.print("found unchanged", "all sent to the stub", braze.rate(), before);
      return Map.of("to-disk", disk.peak(), "to-s3", s3.peak(), "to-braze", braze.peak());
    }
  }

  /// One export, run once.
  ///
  /// @param rate customers a second
  /// @param millis of CPU for each
  /// @param peak of memory, in megabytes
  private record Run(String export, int people, RunReport report, double rate, double millis, double peak) {

    static Run of(Wiring portrait, String export, boolean isFull, int people) throws InterruptedException {
      ProcessMemory.forgetPeak();
      double cpu = Taken.cpuSeconds();
      long began = System.nanoTime();
      var report = portrait.exports().run(export, isFull, Progress.silent(), BENCH);
      double rate = people / seconds(began);
      check(isFull ? report.counts().delivered() : report.counts().unchanged(), people);
      return new Run(export, people, report, rate, (Taken.cpuSeconds() - cpu) * 1e3 / people,
          ProcessMemory.peakMegabytes());
    }

    void print(String where, String comparedWith, double baseline, Map<String, Double> before) {
      new Figure(BENCH, "customers a second %s, of %,d; baseline: %s".formatted(where, people, comparedWith), rate,
          "1/s", baseline, millis).print();
      new Figure(BENCH, "peak of memory meanwhile, with %,d customers; baseline: with the fewer".formatted(people),
          peak,
          "MB", before.get(export), null).print();
    }
  }

  private static void check(long done, int expected) {
    if (done != expected) {
      throw new IllegalStateException("%,d of %,d customers".formatted(done, expected));
    }
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  /// Seconds that DuckDB takes to read the rows and to write them.
  private static double copied(Wiring portrait, RunReport written) {
    String folder = written.note();
    long began = System.nanoTime();
    portrait.warehouse().write(session -> {
      session.execute(Sql.of(
          "COPY (SELECT * FROM read_parquet('%s/*.parquet')) TO '%s/copy' (FORMAT parquet)".formatted(folder, folder)));
      return true;
    });
    return seconds(began);
  }

  /// Takes every user at once, as Braze answers when nothing is wrong.
  private static HttpServer stub() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/users/track", exchange -> {
      var request = JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
      byte[] answer = "{\"message\":\"success\",\"attributes_processed\":%d}"
          .formatted(request.path("attributes").size())
          .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("x-ratelimit-remaining", "2999");
      exchange.sendResponseHeaders(201, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
    return server;
  }
}
