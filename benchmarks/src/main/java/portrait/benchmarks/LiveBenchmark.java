package portrait.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import portrait.app.Configuration;
import portrait.app.Wiring;
import portrait.foundation.model.Identity;
import portrait.stages.events.Event;
import portrait.stages.events.MessageBody;

/// How long it takes from an event to the membership it causes, by the number of segments: `portrait bench live --rate N
/// --segments K --seconds S --people P`. Events come one by one at an even rate; an event counts from the moment at which
/// it was due, so waiting counts, too. What it is compared with is the same traffic without any segment, in the same run.
/// Afterwards one more segment is defined, and it is measured how long it takes until it counts for everybody.
final class LiveBenchmark implements Main.Benchmark {

  private static final String BENCH = "live";
  private static final List<String> NAMES = List.of("Product Viewed", "Product Viewed", "Product Viewed",
      "Product Added", "Cart Viewed", "Email Opened", "Order Completed", "Page Viewed");
  private static final Duration WARM_UP = Duration.ofSeconds(8);

  @Override
  public void run(Path launcher, List<String> more) throws IOException, InterruptedException {
    var sizes = Sizes.read(more, Map.of("rate", 1_000, "segments", 200, "seconds", 8, "people", 20_000));
    double none = measure(sizes.with("segments", 0), 0, false);
    measure(sizes.with("segments", sizes.get("segments") / 4), none, false);
    measure(sizes.with("segments", sizes.get("segments") / 2), none, false);
    measure(sizes, none, true);
  }

  /// @param none the 99th percentile without segments; 0 when this is that
  /// @return the 99th percentile in milliseconds
  private static double measure(Sizes sizes, double none, boolean isLast) throws IOException, InterruptedException {
    int segments = sizes.get("segments");
    try (var home = FilledHome.create()) {
      var configuration = Configuration.read(home.folder(), Map.of("port", "0"), System.getenv());
      try (var portrait = Wiring.open(configuration, Clock.systemUTC())) {
        if (segments > 0) {
          portrait.definitions().apply(new SampleSegments(segments).yaml(), "bench");
          FilledHome.rollOut(portrait);
        }
        send(portrait, sizes, WARM_UP);
        double cpu = Taken.cpuSeconds();
        long[] nanos = send(portrait, sizes, Duration.ofSeconds(sizes.get("seconds")));
        double cpuMillis = (Taken.cpuSeconds() - cpu) * 1e3 / nanos.length;
        Arrays.sort(nanos);
        double half = nanos[nanos.length / 2] / 1e6;
        double most = nanos[(int) (nanos.length * 0.99)] / 1e6;
        String what = " of event to membership at %,d events a second, %d segments".formatted(sizes.get("rate"),
            segments);
        new Figure(BENCH, "median" + what, half, "ms", null, cpuMillis).print();
        new Figure(BENCH, "99th percentile" + what + "; baseline: without segments", most, "ms",
            none == 0 ? null : none, cpuMillis).print();
        if (isLast) {
          rollOut(portrait);
        }
        return most;
      }
    }
  }

  private static void rollOut(Wiring portrait) {
    long customers = portrait.database().read(tx -> tx.first("SELECT COUNT(*) FROM profile", row -> row.number(1)))
        .orElseThrow();
    double cpu = Taken.cpuSeconds();
    long began = System.nanoTime();
    portrait.definitions().apply("kind: Segment\nname: late\nspec: { where: \"count('Order Completed') >= 1\" }",
        "bench");
    FilledHome.rollOut(portrait);
    new Figure(BENCH, "until one more segment counts for %,d customers".formatted(customers),
        (System.nanoTime() - began) / 1e9, "s", null, (Taken.cpuSeconds() - cpu) * 1e3 / customers).print();
  }

  /// @return how long after it was due each event was durable, with everything that follows from it
  private static long[] send(Wiring portrait, Sizes sizes, Duration time) throws InterruptedException {
    int count = Math.toIntExact(sizes.get("rate") * time.toSeconds());
    long apart = 1_000_000_000L / sizes.get("rate");
    var nanos = new long[count];
    var bodies = bodies(count, sizes.get("people"));
    long began = System.nanoTime();
    try (var senders = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        int event = i;
        long due = began + i * apart;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        senders.submit(() -> {
          portrait.live().receive(MessageBody.batch(bodies.get(event)).collect(Instant.now(), Event.LIVE));
          nanos[event] = System.nanoTime() - due;
        });
      }
    }
    if (Arrays.stream(nanos).anyMatch(each -> each == 0)
        || portrait.live().find(new Identity("user_id", "person-1")).isEmpty()) {
      throw new IllegalStateException("an event was not taken in");
    }
    return nanos;
  }

  private static List<byte[]> bodies(int count, int people) {
    var random = new SplittableRandom(count);
    var bodies = new ArrayList<byte[]>();
    for (int i = 0; i < count; i++) {
      bodies.add("""
          {"batch": [{"type": "track", "userId": "person-%d", "event": "%s",
            "properties": {"category": "category-%d", "amount": %d, "sku": "%d"}}]}"""
          .formatted(i == 0 ? 1 : random.nextInt(people), NAMES.get(random.nextInt(NAMES.size())), random.nextInt(20),
              random.nextInt(200), random.nextInt(1_000))
          .getBytes(StandardCharsets.UTF_8));
    }
    return bodies;
  }
}
