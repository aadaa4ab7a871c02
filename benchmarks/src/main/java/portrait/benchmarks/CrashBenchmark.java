package portrait.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import portrait.app.Configuration;
import portrait.app.Wiring;
import portrait.foundation.jobs.Status;
import portrait.stages.events.Events;

/// A soak: the server is killed with -9 at random moments while it takes events in, over and over on one home; then every
/// acknowledged event must be there once, and everything derived must follow from the events. `portrait bench crash 200`
/// kills it 200 times; PORTRAIT_DATABASE_URL and its companions choose PostgreSQL.
final class CrashBenchmark implements Main.Benchmark {

  private static final int KILLS = 30;
  private static final int CALLERS = 8;
  private static final int MILLIS_MAX = 3_000;

  private final AtomicLong next = new AtomicLong(System.currentTimeMillis() << 20);
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

  @Override
  public void run(Path launcher, List<String> more) throws IOException, InterruptedException {
    int kills = more.isEmpty() ? KILLS : Integer.parseInt(more.getFirst());
    var random = new Random();
    try (var home = FilledHome.create()) {
      home.fill(0, 1_000);
      String key = ServerProcess.key(launcher, home.folder(), "collect");
      for (int kill = 0; kill < kills; kill++) {
        try (var server = ServerProcess.start(launcher, home.folder())) {
          load(server, key, random.nextInt(MILLIS_MAX));
        }
      }
      judge(home.folder(), kills);
    }
  }

  private void load(ServerProcess server, String key, int millis) throws InterruptedException {
    String authorization = "Basic " + Base64.getEncoder().encodeToString((key + ":").getBytes(StandardCharsets.UTF_8));
    try (var callers = Executors.newFixedThreadPool(CALLERS)) {
      for (int caller = 0; caller < CALLERS; caller++) {
        callers.submit(() -> {
          try (var http = new HttpConnection(server.url())) {
            while (true) {
              var ids = new ArrayList<String>();
              byte[] body = body(ids);
              if (http.send(HttpConnection.post(server.url(), "/v1/batch", authorization, body)) == 200) {
                acknowledged.addAll(ids);
              }
            }
          }
        });
      }
      Thread.sleep(millis);
      server.kill();
    }
  }

  /// A few people on a few shared devices, so that nearly every message merges, splits or re-evaluates somebody.
  private byte[] body(List<String> ids) {
    var messages = new ArrayList<String>();
    for (long size = 1 + next.get() % 20; size > 0; size--) {
      long number = next.incrementAndGet();
      ids.add("m" + number);
      messages.add("""
          {"type":"%s","messageId":"m%d","userId":"user-%d","anonymousId":"device-%d","event":"Product Viewed","traits":\
          {"n":%d}}""".formatted(number % 3 == 0 ? "identify" : "track", number, number % 211, number % 307, number));
    }
    return ("{\"batch\":[" + String.join(",", messages) + "]}").getBytes(StandardCharsets.UTF_8);
  }

  private void judge(Path home, int kills) throws IOException {
    var configuration = Configuration.read(home, Map.of("port", "0"), System.getenv());
    try (var portrait = Wiring.open(configuration, Clock.systemUTC())) {
      var stored = new HashMap<String, AtomicInteger>();
      portrait.database().read(transaction -> {
        var events = new Events();
        long position = 0;
        while (true) {
          var slice = events.sync(transaction, position, 10_000);
          slice.forEach(
              fact -> stored.computeIfAbsent(fact.event().id(), _ -> new AtomicInteger()).incrementAndGet());
          if (slice.isEmpty()) {
            return stored.size();
          }
          position = slice.getLast().position();
        }
      });
      long lost = acknowledged.stream().filter(id -> !stored.containsKey(id)).count();
      long doubled = stored.values().stream().filter(count -> count.get() > 1).count();
      var check = portrait.rebuild().start(true, "bench");
      if (portrait.jobs().await(check).status() != Status.DONE) {
        throw new IllegalStateException("the comparison with the facts failed");
      }
      var report = portrait.rebuild().report(check).orElseThrow();
      new Figure("crash", "events acknowledged, over %d kills".formatted(kills), acknowledged.size(), "events", null,
          null).print();
      new Figure("crash", "acknowledged events that are lost", lost, "events", null, null).print();
      new Figure("crash", "events that are there twice", doubled, "events", null, null).print();
      new Figure("crash", "differences between what is published and the facts", report.differences(), "differences",
          null, null).print();
      if (lost + doubled + report.differences() > 0) {
        throw new IllegalStateException("the home did not survive: " + report.findings());
      }
    }
  }
}
