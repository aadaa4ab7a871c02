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

/// Customers per second to a file and to a stub of Braze, beside a bare copy of the same rows by DuckDB and the rate that
/// Braze allows, and what it holds in memory with few and with many: `portrait bench export --few N --many M`.
final class ExportBenchmark implements Main.Benchmark {

  private static final String BENCH = "export";
  /** What the present contract allows: 1,000 calls a second, of 50 users as we send them. */
  private static final double BRAZE_ALLOWS = 50_000;

  @Override
  public void run(Path launcher, List<String> more) throws IOException, InterruptedException {
    var sizes = Sizes.read(more, Map.of("few", 10_000, "many", 100_000));
    var stub = stub();
    try (var home = FilledHome.create()) {
      home.fill(0, sizes.get("few"));
      double few = measure(home, stub, sizes.get("few"), 0);
      home.fill(sizes.get("few"), sizes.get("many"));
      measure(home, stub, sizes.get("many"), few);
    } finally {
      stub.stop(0);
    }
  }

  /// @return the peak of memory in megabytes
  private static double measure(FilledHome home, HttpServer stub, int people, double before)
      throws InterruptedException {
    String address = "http://127.0.0.1:" + stub.getAddress().getPort();
    var configuration = Configuration.read(home.folder(), Map.of("port", "0", "further_hosts", address),
        System.getenv());
    try (var portrait = Wiring.open(configuration, Clock.systemUTC())) {
      portrait.connections().putSecret("braze.api_key", Secret.of("key"), BENCH);
      portrait.definitions().apply("""
          kind: Connection
          name: disk
          spec: { type: disk, settings: { folder: bench } }
          ---
          kind: Connection
          name: braze
          spec: { type: braze, settings: { endpoint: "%s", api_key: { secret: braze.api_key } } }
          ---
          kind: Export
          name: to-disk
          spec: { connection: disk, mode: full, columns: [city, language, visits, { name: device, from: identity.anonymous_id }] }
          ---
          kind: Export
          name: to-braze
          spec:
            connection: braze
            columns: [city, language, visits]
            settings: { segment_id: seg, email: email, external_id: identity.anonymous_id }
          """.formatted(address), BENCH);
      portrait.connections().agree("disk", Connections.PRIVACY_TEXT, BENCH);
      portrait.connections().agree("braze", Connections.PRIVACY_TEXT, BENCH);
      ProcessMemory.forgetPeak();
      var cpu = new Cpu();
      long began = System.nanoTime();
      var written = portrait.exports().run("to-disk", true, Progress.silent(), BENCH);
      double rate = written.counts().delivered() / seconds(began);
      check(written.counts().delivered(), people);
      new Figure(BENCH, "customers a second to a CSV file, of %,d; baseline: DuckDB copies the file".formatted(people),
          rate, "1/s", people / copied(portrait, written), cpu.millisPer(people)).print();
      cpu = new Cpu();
      began = System.nanoTime();
      var sent = portrait.exports().run("to-braze", true, Progress.silent(), BENCH);
      check(sent.counts().delivered(), people);
      new Figure(BENCH,
          "customers a second to a stub of Braze, of %,d; baseline: what Braze allows".formatted(people),
          people / seconds(began), "1/s", BRAZE_ALLOWS, cpu.millisPer(people)).print();
      cpu = new Cpu();
      began = System.nanoTime();
      var again = portrait.exports().run("to-braze", false, Progress.silent(), BENCH);
      check(again.counts().unchanged(), people);
      new Figure(BENCH, "customers a second found unchanged, of %,d".formatted(people), people / seconds(began), "1/s",
          null, cpu.millisPer(people)).print();
      double peak = ProcessMemory.peakMegabytes();
      new Figure(BENCH, "peak of memory with %,d customers; baseline: with the fewer".formatted(people), peak, "MB",
          before == 0 ? null : before, null).print();
      return peak;
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
      session.execute(Sql.of("COPY (SELECT * FROM read_csv('%s/*.csv')) TO '%s/copy.csv'".formatted(folder, folder)));
      return true;
    });
    return seconds(began);
  }

  /// CPU of this process since it was made.
  private static final class Cpu {

    private final com.sun.management.OperatingSystemMXBean machine = (com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory
        .getOperatingSystemMXBean();
    private final long began = machine.getProcessCpuTime();

    double millisPer(int people) {
      return (machine.getProcessCpuTime() - began) / 1e6 / people;
    }
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
