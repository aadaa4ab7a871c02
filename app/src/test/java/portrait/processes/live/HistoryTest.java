package portrait.processes.live;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.model.Identity;
import portrait.foundation.model.TestClock;

/// Random histories, taken in by groups of any size and with repeats, against a store built anew from the facts.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class HistoryTest {

  private static final int MESSAGES = 300;
  private static final String DEFINITIONS = """
      kind: Segment
      name: active
      spec: { title: Active, where: { event: Opened, within: 7d, count: { at_least: 2 } } }
      ---
      kind: Segment
      name: gold
      spec: { title: Gold, where: "plan = 'gold'" }
      ---
      kind: Measure
      name: spent
      spec: { title: Spent, aggregate: sum, of: amount, event: Bought, default: 0 }
      """;

  private final TestDatabases.Product product;

  HistoryTest(TestDatabases.Product product) {
    this.product = product;
  }

  @Test
  void whatIsLiveEqualsWhatTheFactsSay(@TempDir Path folder, @TempDir Path clean) {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var clock = new TestClock(Instant.parse("2026-11-01T00:00:00Z"));
    try (var portrait = new TestLive(product.settings(folder), clock)) {
      portrait.definitions.apply(DEFINITIONS, "test");
      int sent = 0;
      while (sent < MESSAGES) {
        var group = new ArrayList<String>();
        for (int size = 1 + random.nextInt(30); size > 0; size--) {
          group.add(message(random, sent++, clock.instant()));
          if (random.nextInt(5) == 0) {
            group.add(group.get(random.nextInt(group.size())));
          }
        }
        var receipt = portrait.send(group.toArray(String[]::new));
        assertEquals(group.size(), receipt.accepted() + receipt.repeated(), "seed " + seed);
        clock.advance(Duration.ofMinutes(random.nextInt(600)));
      }
      portrait.live.tick(clock.instant());

      var facts = portrait.facts();
      assertEquals(sent, facts.size(), "seed " + seed);
      try (var rebuilt = Replay.of(facts, product.settings(clean), DEFINITIONS, clock.instant())) {
        var people = new TreeSet<Identity>();
        facts.forEach(fact -> people.addAll(fact.event().identities()));
        people.forEach(person -> Replay.assertSame(rebuilt, portrait, person, "seed " + seed));
      }
    }
  }

  private static String message(Random random, int number, Instant now) {
    String anonymous = "\"anonymousId\": \"a%d\"".formatted(random.nextInt(12));
    String user = "\"userId\": \"u%d\"".formatted(random.nextInt(6));
    String who = List.of(anonymous, user, anonymous + ", " + user).get(random.nextInt(3));
    String when = now.minus(Duration.ofMinutes(random.nextInt(3_000))).toString();
    String head = "{\"messageId\": \"m%d\", \"timestamp\": \"%s\", ".formatted(number, when);
    return head + switch (random.nextInt(5)) {
      case 0 -> "\"type\": \"identify\", %s, \"traits\": {\"plan\": \"%s\", \"n\": %d}}".formatted(who,
          random.nextBoolean() ? "gold" : "free", number);
      case 1 -> "\"type\": \"track\", \"event\": \"Bought\", %s, \"properties\": {\"amount\": %d}}".formatted(who,
          random.nextInt(100));
      case 2 -> "\"type\": \"alias\", \"previousId\": \"a%d\", %s}".formatted(random.nextInt(12), user);
      default -> "\"type\": \"track\", \"event\": \"Opened\", %s}".formatted(who);
    };
  }
}
