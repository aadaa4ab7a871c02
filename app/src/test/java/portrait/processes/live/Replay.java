package portrait.processes.live;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.model.Identity;
import portrait.foundation.model.TestClock;
import portrait.stages.events.Collected;
import portrait.stages.events.EventQuery;
import portrait.stages.events.StoredEvent;

/// Builds a store anew from the facts of another, one fact at a time, and compares what both say about people.
final class Replay {

  private Replay() {}

  /// @param definitions applied before the first fact
  /// @param now when to look at the result
  static TestLive of(List<StoredEvent> facts, DatabaseSettings settings, String definitions, Instant now) {
    if (settings instanceof DatabaseSettings.Sqlite(var file, _)) {
      try {
        Files.createDirectories(file.getParent());
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
    var clock = new TestClock(Instant.EPOCH);
    var rebuilt = new TestLive(settings, clock);
    if (!definitions.isEmpty()) {
      rebuilt.definitions.apply(definitions, "test");
    }
    for (var fact : facts) {
      clock.set(fact.event().receivedAt());
      rebuilt.live.receive(List.of(Collected.Accepted.of(fact.event())));
    }
    clock.set(now);
    rebuilt.live.tick(now);
    return rebuilt;
  }

  /// Everything but the ids, which are random.
  static void assertSame(TestLive expected, TestLive actual, Identity person, String message) {
    assertEquals(derived(expected, person), derived(actual, person), () -> message + ", about " + person);
  }

  private static List<Object> derived(TestLive portrait, Identity person) {
    var found = portrait.live.find(person).orElseThrow();
    var said = new ArrayList<Object>(List.of(found.known(), found.attributes(), found.measures(), found.segments(),
        found.identities().stream().map(one -> one.namespace() + ":" + one.value()).sorted().toList(),
        found.firstSeen(), found.lastSeen()));
    said.addAll(portrait.live.events(person, EventQuery.newest(1_000)).orElseThrow().events());
    return said;
  }
}
