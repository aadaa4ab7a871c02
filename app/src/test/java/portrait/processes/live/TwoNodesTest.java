package portrait.processes.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestServer;
import portrait.app.Wiring;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Status;
import portrait.foundation.model.Identity;
import portrait.stages.events.Event;
import portrait.stages.events.MessageBody;

/// Two nodes on one PostgreSQL take crossing traffic in at once; definitions change on one of them, the other is killed.
class TwoNodesTest {

  private static final int CALLERS = 3;
  private static final int MESSAGES_BEFORE_EACH_STEP = 150;
  private static final String BEFORE = """
      kind: Segment
      name: active
      spec: { title: Active, where: { event: Opened, within: 7d, count: { at_least: 2 } } }
      """;
  private static final String AFTER = """
      kind: Segment
      name: active
      spec: { title: Active, where: { event: Opened, within: 7d, count: { at_least: 4 } } }
      ---
      kind: Segment
      name: gold
      spec: { title: Gold, where: "plan = 'gold'" }
      ---
      kind: Measure
      name: opened
      spec: { title: Opened, aggregate: count, event: Opened }
      """;

  private final AtomicInteger next = new AtomicInteger();
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private volatile CountDownLatch left = new CountDownLatch(0);

  @Test
  void bothTogetherSayWhatTheFactsSay(@TempDir Path folder) throws Exception {
    var store = TestDatabases.postgres();
    Path homeOfOne = Files.createDirectory(folder.resolve("one"));
    Path homeOfOther = Files.createDirectory(folder.resolve("other"));
    long seed = new Random().nextLong();
    String authorization;
    try (var portrait = TestServer.open(homeOfOne, store)) {
      portrait.definitions().apply(BEFORE, "test");
      authorization = TestServer.collectAuthorization(portrait);
    }

    try (var other = TestServer.open(homeOfOther, store)) {
      try (var one = TestServer.start(homeOfOne, store, "-Xmx192m")) {
        load(one, other, authorization, seed);
      }
      var refresh = other.jobs().await(other.refresh().start(Optional.empty(), "test"));
      assertEquals(Status.DONE, refresh.status(), () -> refresh.problem().toString());
      var check = other.rebuild().start(true, "test");
      assertEquals(Status.DONE, other.jobs().await(check).status(), "seed " + seed);
      assertEquals(List.of(), other.rebuild().report(check).orElseThrow().findings(), "seed " + seed);
    }

    try (var portrait = new TestLive(store, Clock.systemUTC())) {
      var now = Instant.now();
      portrait.live.tick(now);
      var facts = portrait.facts();
      var stored = facts.stream().map(fact -> fact.event().id()).toList();
      assertEquals(Set.copyOf(stored).size(), stored.size(), "an event is there twice, seed " + seed);
      assertTrue(Set.copyOf(stored).containsAll(acknowledged), "an acknowledged event is missing, seed " + seed);
      var people = facts.stream().flatMap(fact -> fact.event().identities().stream()).collect(Collectors.toSet());
      try (var clean = Replay.of(facts, TestDatabases.sqlite(folder.resolve("clean")), AFTER, now)) {
        for (Identity person : people) {
          Replay.assertSame(clean, portrait, person, "seed " + seed);
        }
      }
    }
  }

  /// Both nodes take in messages about the same few people. Half-way the definitions change on one node; later the other
  /// is killed, and the first goes on alone for a while.
  private void load(TestServer one, Wiring other, String authorization, long seed) throws Exception {
    var isOver = new AtomicBoolean();
    try (var client = HttpClient.newHttpClient(); var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var surviving = new ArrayList<Future<?>>();
      for (int caller = 0; caller < CALLERS; caller++) {
        var random = new Random(seed + caller);
        callers.submit(() -> {
          while (true) {
            sendToOne(one, client, authorization, random);
          }
        });
        surviving.add(callers.submit(() -> {
          while (!isOver.get()) {
            sendToOther(other, random);
          }
          return true;
        }));
      }
      await(MESSAGES_BEFORE_EACH_STEP);
      other.definitions().apply(AFTER, "test");
      await(MESSAGES_BEFORE_EACH_STEP);
      one.kill();
      await(MESSAGES_BEFORE_EACH_STEP);
      isOver.set(true);
      for (var caller : surviving) {
        caller.get();
      }
    }
  }

  private void sendToOne(TestServer one, HttpClient client, String authorization, Random random)
      throws IOException, InterruptedException {
    var ids = new ArrayList<String>();
    String body = batch(random, ids);
    if (client.send(one.batch(authorization, body), BodyHandlers.discarding()).statusCode() == 200) {
      acknowledged(ids);
    }
  }

  private void sendToOther(Wiring other, Random random) {
    var ids = new ArrayList<String>();
    byte[] body = batch(random, ids).getBytes(StandardCharsets.UTF_8);
    other.live().receive(MessageBody.batch(body).collect(Instant.now(), Event.LIVE));
    acknowledged(ids);
  }

  private void acknowledged(List<String> ids) {
    acknowledged.addAll(ids);
    ids.forEach(_ -> left.countDown());
  }

  private void await(int more) throws InterruptedException {
    left = new CountDownLatch(more);
    left.await();
  }

  private String batch(Random random, List<String> ids) {
    var messages = new ArrayList<String>();
    for (int size = 1 + random.nextInt(4); size > 0; size--) {
      String id = "m" + next.incrementAndGet();
      ids.add(id);
      String anonymous = "\"anonymousId\": \"a%d\"".formatted(random.nextInt(12));
      String user = "\"userId\": \"u%d\"".formatted(random.nextInt(6));
      String who = List.of(anonymous, user, anonymous + ", " + user).get(random.nextInt(3));
      messages.add("{\"messageId\": \"%s\", ".formatted(id) + switch (random.nextInt(4)) {
        case 0 -> "\"type\": \"identify\", %s, \"traits\": {\"plan\": \"%s\"}}".formatted(who,
            random.nextBoolean() ? "gold" : "free");
        case 1 -> "\"type\": \"alias\", \"previousId\": \"a%d\", %s}".formatted(random.nextInt(12), user);
        default -> "\"type\": \"track\", \"event\": \"Opened\", %s}".formatted(who);
      });
    }
    return "{\"batch\": [" + String.join(",", messages) + "]}";
  }
}
