package portrait.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import tools.jackson.databind.json.JsonMapper;

/// Durable events per second through HTTP. Batches as a ratio to the raw limit: the same bytes parsed, appended to a file
/// and forced to disk, request by request, in the same run and on the same disk. Single events as a ratio to the same
/// requests without any event in them. The load generator shares the machine.
final class IngestBenchmark implements Main.Benchmark {

  private static final Duration WARM_UP = Duration.ofSeconds(8);
  private static final Duration MEASURED = Duration.ofSeconds(12);
  private static final Duration BASELINE = Duration.ofSeconds(4);
  private static final int SINGLE_CONNECTIONS = 64;
  private static final int BATCH = 100;
  private static final int BATCH_CONNECTIONS = 8;
  private static final Traffic TRAFFIC = new Traffic(20_000);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Override
  public void run(Path launcher, List<String> more) throws IOException, InterruptedException {
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
      singles(server, key, with);
      batches(server, home, key, with);
    }
  }

  static String definitions() throws IOException {
    try (var stream = Objects.requireNonNull(IngestBenchmark.class.getResourceAsStream("definitions.yaml"))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// Many small requests at once: what the store adds to the same requests without events.
  private static void singles(ServerProcess server, String key, String with) throws IOException, InterruptedException {
    TRAFFIC.send(server.url(), key, 1, SINGLE_CONNECTIONS, WARM_UP, 0);
    double nothingBefore = nothingPerSecond(server, key);
    double cpuBefore = server.cpuSeconds();
    long events = TRAFFIC.send(server.url(), key, 1, SINGLE_CONNECTIONS, MEASURED, 0);
    double cpu = server.cpuSeconds() - cpuBefore;
    // Before and after, because the speed of a shared machine changes from one moment to the next.
    double nothing = (nothingBefore + nothingPerSecond(server, key)) / 2;
    new Figure("ingest",
        "durable events through HTTP, 1 per request, %d connections, %s; baseline: requests without events"
            .formatted(SINGLE_CONNECTIONS, with),
        events / seconds(MEASURED), "events/s", nothing, cpu * 1000 / events).print();
  }

  private static double nothingPerSecond(ServerProcess server, String key) throws InterruptedException {
    return Traffic.sendNothing(server.url(), key, SINGLE_CONNECTIONS, BASELINE) / seconds(BASELINE);
  }

  private static void batches(ServerProcess server, Path home, String key, String with)
      throws IOException, InterruptedException {
    double rawBefore = rawEventsPerSecond(home, BATCH);
    TRAFFIC.send(server.url(), key, BATCH, BATCH_CONNECTIONS, WARM_UP, 0);
    double cpuBefore = server.cpuSeconds();
    long events = TRAFFIC.send(server.url(), key, BATCH, BATCH_CONNECTIONS, MEASURED, 0);
    double cpu = server.cpuSeconds() - cpuBefore;
    double raw = (rawBefore + rawEventsPerSecond(home, BATCH)) / 2;
    new Figure("ingest",
        "durable events through HTTP, %d per request, %d connections, %s; baseline: raw parse + append + fsync"
            .formatted(BATCH, BATCH_CONNECTIONS, with),
        events / seconds(MEASURED), "events/s", raw, cpu * 1000 / events).print();
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1000.0;
  }

  private static double rawEventsPerSecond(Path home, int batch) throws IOException {
    var random = new SplittableRandom(7);
    var bodies = new ArrayList<byte[]>();
    for (int i = 0; i < 200; i++) {
      bodies.add(TRAFFIC.body(random, batch));
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
}
