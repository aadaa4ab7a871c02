package portrait.processes.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.model.Identity;
import portrait.foundation.model.TestClock;
import portrait.stages.segments.Membership;

class LookUpsTest {

  private static final String DEFINITIONS = """
      kind: Measure
      name: spent
      spec: { aggregate: sum, of: amount, event: Ordered, default: 0 }
      ---
      kind: Measure
      name: last_order
      spec: { aggregate: last, of: timestamp, event: Ordered }
      ---
      kind: Segment
      name: active
      spec: { title: Active, where: { event: Opened, within: 2h } }
      ---
      kind: Segment
      name: lyon
      spec: { title: From Lyon, where: "city = 'Lyon'" }
      ---
      kind: Segment
      name: good
      spec: { title: Good customers, where: "measure.spent > 100 and not member('active')" }
      """;

  private final TestClock clock = new TestClock(Instant.parse("2026-11-22T10:00:00.123456789Z"));
  private TestLive portrait;

  @BeforeEach
  void open(@TempDir Path folder) {
    portrait = new TestLive(TestDatabases.Product.SQLITE.settings(folder), clock);
    portrait.definitions.apply(DEFINITIONS, "test");
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  private record Answer(Optional<Portrait> portrait, Optional<List<Membership>> segments) {}

  private Map<Identity, Answer> ask(List<Identity> identities) {
    var answers = new LinkedHashMap<Identity, Answer>();
    identities.forEach(identity -> answers.put(identity,
        new Answer(portrait.live.find(identity), portrait.live.segments(identity))));
    return answers;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whoWasJustChangedIsAnsweredAsTheyAreOnceEverythingIsCommitted(long seed) {
    var random = new Random(seed);
    var identities = new ArrayList<Identity>();
    for (int i = 0; i < 15; i++) {
      identities.add(new Identity("anonymous_id", "a" + i));
      identities.add(new Identity("user_id", "u" + i));
      identities.add(new Identity("email", "e%d@example.com".formatted(i)));
    }
    var customers = new ArrayList<Identity>();
    for (int round = 0; round < 60; round++) {
      var messages = new String[1 + random.nextInt(8)];
      for (int i = 0; i < messages.length; i++) {
        messages[i] = message(random);
      }
      portrait.send(messages);
      clock.advance(Duration.ofMinutes(random.nextInt(40)));
      var all = new ArrayList<>(identities);
      all.addAll(customers);
      var before = ask(all);
      portrait.database.read(transaction -> true);
      assertFalse(portrait.database.isUnsettled(), "whoever reads the store asks for the commit first");
      assertEquals(ask(all), before, "in round " + round);
      before.values().stream().flatMap(answer -> answer.portrait().stream())
          .map(found -> new Identity("customer", found.customerId().toString()))
          .filter(id -> !customers.contains(id)).distinct().forEach(customers::add);
    }
    assertTrue(customers.size() > 10, "customers of all rounds, some of them merged");
  }

  private static String message(Random random) {
    String ids = "\"anonymousId\": \"a%d\"".formatted(random.nextInt(15));
    return switch (random.nextInt(6)) {
      case 0 -> """
          {"type": "track", "event": "Opened", %s}""".formatted(ids);
      case 1 -> """
          {"type": "track", "event": "Ordered", "userId": "u%d", "properties": {"amount": %s}}""".formatted(
          random.nextInt(15), random.nextInt(10_000) / 100.0);
      case 2 -> """
          {"type": "identify", %s, "userId": "u%d", "traits": {"city": "%s", "age": %d, "score": %s, "vip": %s,
            "tags": ["x", %d], "address": {"zip": "%d"}}}""".formatted(ids, random.nextInt(15),
          random.nextBoolean() ? "Lyon" : "Oslo", random.nextInt(90), random.nextDouble(), random.nextBoolean(),
          random.nextInt(3), random.nextInt(99_999));
      case 3 ->
        """
          {"type": "identify", "userId": "u%d", "traits": {"email": "e%d@example.com", "since": "2024-05-06T07:08:09.123456789Z"}}"""
            .formatted(random.nextInt(15), random.nextInt(15));
      case 4 -> """
          {"type": "alias", "previousId": "a%d", "userId": "u%d"}""".formatted(random.nextInt(15), random.nextInt(15));
      default -> """
          {"type": "page", "name": "Home", %s, "userId": "u%d"}""".formatted(ids, random.nextInt(15));
    };
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aLookUpOfSomebodyWhoWasJustChangedDoesNotWaitForTheWriter() throws InterruptedException {
    portrait.send("""
        {"type": "identify", "anonymousId": "phone", "userId": "ann", "traits": {"city": "Lyon"}}""");
    var known = portrait.find("user_id", "ann");
    for (int visit = 1, held = 0; held < 3; visit++) {
      String visitor = "visitor-" + visit;
      portrait.send("""
          {"type": "track", "event": "Ordered", "anonymousId": "phone", "messageId": "order-%d",
           "properties": {"amount": 10}}""".formatted(visit), """
          {"type": "track", "event": "Opened", "anonymousId": "%s"}""".formatted(visitor));
      double spent = 10 * visit;
      held += whileTheWriterIsBusy(() -> {
        assertEquals(spent, portrait.find("anonymous_id", "phone").measures().get("spent"));
        assertEquals(spent, portrait.find("user_id", "ann").measures().get("spent"), "by an id that no message named");
        assertEquals(spent, portrait.find("customer", known.customerId().toString()).measures().get("spent"));
        assertEquals(List.of("active"), portrait.find("anonymous_id", visitor).segments());
        assertEquals(List.of("Active"), portrait.live.segments(new Identity("anonymous_id", visitor)).orElseThrow()
            .stream().map(Membership::title).toList());
        assertEquals(Optional.empty(), portrait.look("anonymous_id", "nobody"));
      }) ? 1 : 0;
    }
  }

  /// @return false when everything had been committed before the writer could be kept busy: then nothing was tried
  private boolean whileTheWriterIsBusy(Runnable look) throws InterruptedException {
    var isBusy = new CountDownLatch(1);
    var isDone = new CountDownLatch(1);
    var isUnsettled = new AtomicBoolean();
    var holder = Thread.ofPlatform().start(() -> portrait.database.readLatest(transaction -> {
      isUnsettled.set(portrait.database.isUnsettled());
      isBusy.countDown();
      try {
        isDone.await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      return true;
    }));
    try {
      isBusy.await();
      if (isUnsettled.get()) {
        look.run();
      }
    } finally {
      isDone.countDown();
      holder.join();
    }
    return isUnsettled.get();
  }
}
