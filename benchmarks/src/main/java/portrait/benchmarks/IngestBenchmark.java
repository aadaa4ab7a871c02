package portrait.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.json.JsonMapper;

/// Durable events per second through HTTP, as a ratio to the raw limit: the same bytes parsed, appended to a file and
/// forced to disk, request by request, in the same run and on the same disk. The load generator shares the machine.
final class IngestBenchmark implements Main.Benchmark {

  private static final Duration WARM_UP = Duration.ofSeconds(8);
  private static final Duration MEASURED = Duration.ofSeconds(12);
  private static final int PEOPLE = 20_000;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Override
  public void run(Path launcher) throws IOException, InterruptedException {
    measure(launcher, "without definitions", Optional.empty());
    measure(launcher, "with segments and a measure", Optional.of(definitions()));
  }

  /// On a home of its own, so that both start with nobody known.
  private static void measure(Path launcher, String with, Optional<String> definitions)
      throws IOException, InterruptedException {
    var home = Files.createTempDirectory("portrait-bench-ingest");
    if (definitions.isPresent()) {
      var file = Files.writeString(home.resolve("definitions.yaml"), definitions.get());
      ServerProcess.run(launcher, "apply", "-f", file.toString(), "--home", home.toString());
    }
    String key = ServerProcess.key(launcher, home, "collect");
    try (var server = ServerProcess.start(launcher, home)) {
      measure(server, home, key, with, 1, 64);
      measure(server, home, key, with, 100, 8);
    }
  }

  private static String definitions() throws IOException {
    try (var stream = Objects.requireNonNull(IngestBenchmark.class.getResourceAsStream("definitions.yaml"))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void measure(ServerProcess server, Path home, String key, String with, int batch, int connections)
      throws IOException, InterruptedException {
    double rawBefore = rawEventsPerSecond(home, batch);
    load(server.url(), key, batch, connections, WARM_UP);
    double cpuBefore = server.cpuSeconds();
    long events = load(server.url(), key, batch, connections, MEASURED);
    double cpu = server.cpuSeconds() - cpuBefore;
    // Before and after, because the speed of a shared disk changes from one moment to the next.
    double raw = (rawBefore + rawEventsPerSecond(home, batch)) / 2;
    new Figure("ingest",
        "durable events through HTTP, %d per request, %d connections, %s; baseline: raw parse + append + fsync"
            .formatted(batch, connections, with),
        events / (MEASURED.toMillis() / 1000.0), "events/s", raw, cpu * 1000 / events).print();
  }

  /// Sends fresh events until the time is up.
  ///
  /// @return how many were acknowledged
  private static long load(URI url, String key, int batch, int connections, Duration time)
      throws InterruptedException {
    String authorization = "Basic " + Base64.getEncoder().encodeToString((key + ":").getBytes(StandardCharsets.UTF_8));
    long end = System.nanoTime() + time.toNanos();
    try (var threads = Executors.newFixedThreadPool(connections)) {
      var running = new ArrayList<Future<Long>>();
      for (int connection = 0; connection < connections; connection++) {
        var random = new SplittableRandom(System.nanoTime() + connection);
        running.add(threads.submit(() -> {
          long acknowledged = 0;
          try (var http = new HttpConnection(url)) {
            while (System.nanoTime() < end) {
              int status = http.send(HttpConnection.post(url, "/v1/batch", authorization, body(random, batch)));
              if (status == 200) {
                acknowledged += batch;
              } else if (status != 503) {
                throw new IOException("the server answered " + status);
              }
            }
          }
          return acknowledged;
        }));
      }
      long sum = 0;
      for (var each : running) {
        sum += each.get();
      }
      return sum;
    } catch (ExecutionException failed) {
      throw new IllegalStateException("the load generator failed", failed.getCause());
    }
  }

  private static double rawEventsPerSecond(Path home, int batch) throws IOException {
    var random = new SplittableRandom(7);
    var bodies = new ArrayList<byte[]>();
    for (int i = 0; i < 200; i++) {
      bodies.add(body(random, batch));
    }
    var file = home.resolve("raw.log");
    try (var log = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      appendUntil(log, bodies, System.nanoTime() + Duration.ofSeconds(2).toNanos());
      long began = System.nanoTime();
      long requests = appendUntil(log, bodies, began + Duration.ofSeconds(4).toNanos());
      return requests * batch / ((System.nanoTime() - began) / 1e9);
    } finally {
      Files.delete(file);
    }
  }

  private static long appendUntil(FileChannel log, List<byte[]> bodies, long end) throws IOException {
    long requests = 0;
    while (System.nanoTime() < end) {
      byte[] body = bodies.get((int) (requests % bodies.size()));
      if (JSON.readTree(body).get("batch").isEmpty()) {
        throw new IllegalStateException("an empty batch");
      }
      log.write(ByteBuffer.wrap(body));
      log.force(false);
      requests++;
    }
    return requests;
  }

  /// A batch of about 600 bytes an event: one in twenty is signed in, the others are known by their device; one in ten
  /// is an order, the others are views.
  private static byte[] body(SplittableRandom random, int batch) {
    var text = new StringBuilder(700 * batch).append("{\"batch\":[");
    String now = Instant.now().toString();
    for (int i = 0; i < batch; i++) {
      int person = random.nextInt(PEOPLE);
      text.append(i == 0 ? "" : ",").append("""
          {"type":"track","event":"%s","messageId":"%s","anonymousId":"device-%d"%s,"timestamp":"%s",\
          "properties":{"product_id":"sku-%d","category":"%s","price":%d.95,"currency":"EUR","position":%d,\
          "url":"https://shop.example/products/%d"},"context":{"library":{"name":"analytics-node","version":"3.1.0"},\
          "userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0","ip":\
          "192.0.2.7","locale":"fr-FR","page":{"path":"/products","title":"Products","url":"https://shop.example/"}}}"""
          .formatted(random.nextInt(10) == 0 ? "Order Completed" : "Product Viewed",
              new UUID(random.nextLong(), random.nextLong()), person,
              random.nextInt(20) == 0 ? ",\"userId\":\"user-%d\"".formatted(person) : "", now, random.nextInt(500),
              random.nextInt(3) == 0 ? "leather-shoes" : "bags", random.nextInt(200), random.nextInt(20),
              random.nextInt(500)));
    }
    return text.append("]}").toString().getBytes(StandardCharsets.UTF_8);
  }
}
