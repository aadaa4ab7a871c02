package portrait.stages.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.database.Database;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Identity;
import tools.jackson.databind.node.JsonNodeFactory;

/// Repeats on the embedded store, where ids lie in memory, in runs and in the events themselves.
class SeenIdsTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  /** More than one run needs. */
  private static final int MANY = 60_000;

  @TempDir
  Path folder;
  private Database database;
  private Events events = new Events();

  @BeforeEach
  void open() {
    database = Database.open(TestDatabases.sqlite(folder), List.of(Events.migrations()));
    events = new Events();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void restart() {
    close();
    open();
  }

  /// Takes an event in as the live path does.
  private boolean take(String id, Instant at) {
    return database.write(tx -> events.isFirst(tx, id, at)
        && append(tx, id, at));
  }

  private boolean append(Transaction tx, String id, Instant at) {
    var event = new Event(id, EventType.TRACK, "Viewed", at, at, Event.LIVE, List.of(new Identity("user_id", "u")),
        JsonNodeFactory.instance.objectNode());
    events.append(tx, events.reserve(tx, 1), 1, Collected.Accepted.of(event));
    return true;
  }

  private void tidy(Instant now) {
    database.write(tx -> {
      events.forgetRepeats(tx, now);
      return true;
    });
  }

  private long runs() {
    return database.read(tx -> tx.first("SELECT count(DISTINCT run) FROM event_seen_run", row -> row.number(1)))
        .orElseThrow();
  }

  @Test
  void idsAreRememberedAcrossRestartsWhetherInARunOrNot() {
    database.write(tx -> {
      for (int i = 0; i < MANY; i++) {
        assertTrue(events.isFirst(tx, "m" + i, NOON));
        append(tx, "m" + i, NOON);
      }
      return true;
    });
    tidy(NOON);
    assertEquals(1, runs());
    assertTrue(take("after the run", NOON));
    for (int start = 0; start < 2; start++) {
      assertFalse(take("after the run", NOON.plusSeconds(1)));
      for (int i = 0; i < MANY; i += 97) {
        assertFalse(take("m" + i, NOON.plus(Duration.ofHours(23))), "m" + i);
      }
      assertTrue(take("new " + start, NOON));
      restart();
    }
    tidy(NOON.plus(Duration.ofDays(2)));
    assertEquals(0, runs());
    assertTrue(take("m1", NOON.plus(Duration.ofDays(2))));
  }

  @Test
  void whatIsRolledBackIsNotRemembered() {
    assertThrows(IllegalArgumentException.class, () -> database.write(tx -> {
      assertTrue(events.isFirst(tx, "m", NOON));
      assertFalse(events.isFirst(tx, "m", NOON), "twice in one group");
      throw new IllegalArgumentException("on purpose");
    }));
    assertTrue(take("m", NOON));
    assertFalse(take("m", NOON));
  }

  @Test
  void aFilterKnowsWhatItHoldsAndFewStrangers() {
    var filter = new BloomFilter(1 << 12);
    for (int i = 0; i < 1 << 12; i++) {
      assertFalse(filter.isFull());
      filter.add(Hash.of("member " + i));
    }
    assertTrue(filter.isFull());
    int strangers = 0;
    for (int i = 0; i < 1 << 12; i++) {
      assertTrue(filter.mayContain(Hash.of("member " + i)));
      strangers += filter.mayContain(Hash.of("stranger " + i)) ? 1 : 0;
    }
    assertTrue(strangers < 30, "about 4 of 4,096 are expected but there were " + strangers);
  }
}
