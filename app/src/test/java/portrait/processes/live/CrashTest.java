package portrait.processes.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestServer;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Status;
import portrait.foundation.model.Identity;

/// Kills the server that takes events in, again and again at random moments, and counts what is left.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class CrashTest {

  private static final int KILLS = 3;
  private static final int CALLERS = 6;
  private static final String DEFINITIONS = """
      kind: Segment
      name: busy
      spec: { title: Busy, where: { event: Opened, within: 7d, count: { at_least: 3 } } }
      ---
      kind: Measure
      name: opened
      spec: { title: Opened, aggregate: count, event: Opened }
      """;

  private final TestDatabases.Product product;
  private final AtomicInteger next = new AtomicInteger();
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

  CrashTest(TestDatabases.Product product) {
    this.product = product;
  }

  @Test
  void everyAcknowledgedEventIsThereOnceAfterEveryKill(@TempDir Path home) throws InterruptedException {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var store = product.settings(home);
    String authorization;
    try (var portrait = TestServer.open(home, store)) {
      portrait.definitions().apply(DEFINITIONS, "test");
      authorization = TestServer.collectAuthorization(portrait);
    }

    for (int kill = 1; kill <= KILLS; kill++) {
      try (var server = TestServer.start(home, store, "-Xmx192m")) {
        load(server, authorization, 20 + random.nextInt(200));
      }
    }

    assertTrue(acknowledged.size() >= KILLS * 20, "seed " + seed);
    try (var portrait = TestServer.open(home, store)) {
      var check = portrait.rebuild().start(true, "test");
      assertEquals(Status.DONE, portrait.jobs().await(check).status(), "seed " + seed);
      assertEquals(List.of(), portrait.rebuild().report(check).orElseThrow().findings(), "seed " + seed);
    }
    try (var portrait = new TestLive(store, Clock.systemUTC())) {
      portrait.live.tick(Instant.now());
      var facts = portrait.facts();
      var stored = facts.stream().map(fact -> fact.event().id()).toList();
      var once = Set.copyOf(stored);
      assertEquals(once.size(), stored.size(), "an event is there twice, seed " + seed);
      var missing = new HashSet<>(acknowledged);
      missing.removeAll(once);
      assertEquals(Set.of(), missing, "acknowledged events are missing, seed " + seed);
      var people = facts.stream().flatMap(fact -> fact.event().identities().stream()).collect(Collectors.toSet());
      try (var clean = Replay.of(facts, TestDatabases.sqlite(home.resolve("clean")), DEFINITIONS, Instant.now())) {
        for (Identity person : people) {
          Replay.assertSame(clean, portrait, person, "seed " + seed);
        }
      }
    }
  }

  /// Sends until enough was acknowledged, kills the server while others still wait for their answers, and waits for the
  /// callers to notice.
  private void load(TestServer server, String authorization, int enough) throws InterruptedException {
    var left = new CountDownLatch(enough);
    try (var client = HttpClient.newHttpClient(); var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < CALLERS; caller++) {
        callers.submit(() -> {
          while (true) {
            var ids = new ArrayList<String>();
            if (client.send(server.batch(authorization, batch(ids)), BodyHandlers.discarding()).statusCode() == 200) {
              acknowledged.addAll(ids);
              ids.forEach(_ -> left.countDown());
            }
          }
        });
      }
      left.await();
      server.kill();
    }
  }

  /// A few people on a few shared devices, so that nearly every message merges, splits or re-evaluates somebody.
  private String batch(List<String> ids) {
    var messages = new ArrayList<String>();
    for (int size = 1 + next.get() % 4; size > 0; size--) {
      int number = next.incrementAndGet();
      ids.add("m" + number);
      String who = "\"messageId\": \"m%d\", \"userId\": \"u%d\", \"anonymousId\": \"a%d\"".formatted(number,
          number % 11,
          number % 17);
      messages.add(number % 3 == 0
          ? "{\"type\": \"identify\", %s, \"traits\": {\"n\": %d}}".formatted(who, number)
          : "{\"type\": \"track\", \"event\": \"Opened\", %s}".formatted(who));
    }
    return "{\"batch\": [" + String.join(",", messages) + "]}";
  }
}
