package portrait.stages.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.foundation.database.Database;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Subject;
import portrait.foundation.expressions.Uses;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import tools.jackson.databind.node.JsonNodeFactory;

/// What the event store promises on every engine.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class EventsTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private static final Uses VIEWED_EVER = uses("count('Viewed' where category = 'shoes') > 0");
  private static final Uses VIEWED_LATELY = uses("count('Viewed' where category = 'shoes' within 2d) > 0");

  private final Events events = new Events();
  private Database database;

  private final TestDatabases.Product product;

  EventsTest(TestDatabases.Product product) {
    this.product = product;
  }

  private static Uses uses(String condition) {
    return Expressions.uses(Expressions.condition(condition));
  }

  @BeforeEach
  void open(@TempDir Path folder) {
    database = Database.open(product.settings(folder), List.of(Events.migrations()));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void eventsComeBackNewestFirstWithATotalOrderAndACursor() {
    append(1, event("a", "Viewed", NOON));
    append(2, event("b", "Viewed", NOON));
    append(1, event("c", "Bought", NOON.plusSeconds(60)));
    append(3, event("stranger", "Viewed", NOON));

    var first = database.read(tx -> events.ofAnchors(tx, List.of(1L, 2L), EventQuery.newest(2)));
    var rest = database.read(tx -> events.ofAnchors(tx, List.of(1L, 2L),
        new EventQuery(Optional.empty(), Optional.empty(), Set.of(), 2, first.next())));

    assertEquals(List.of("c", "b"), ids(first));
    assertEquals(List.of("a"), ids(rest));
    assertEquals(Optional.empty(), rest.next());
    assertEquals(event("a", "Viewed", NOON), rest.events().getFirst());
  }

  @Test
  void eventsAreChosenByTimeAndName() {
    append(1, event("a", "Viewed", NOON));
    append(1, event("b", "Bought", NOON.plusSeconds(1)));
    append(1, event("c", "Viewed", NOON.plusSeconds(2)));

    var found = database.read(tx -> events.ofAnchors(tx, List.of(1L),
        new EventQuery(Optional.of(NOON), Optional.of(NOON.plusSeconds(2)), Set.of("Viewed", "Else"), 10,
            Optional.empty())));

    assertEquals(List.of("a"), ids(found));
  }

  @Test
  void aCustomerWithManyIdentitiesHasOneHistory() {
    var anchors = new ArrayList<Long>();
    for (long anchor = 1; anchor <= 150; anchor++) {
      anchors.add(anchor);
      append(anchor, event("e%03d".formatted(anchor), "Viewed", NOON.plusSeconds(anchor)));
    }

    var page = database.read(tx -> events.ofAnchors(tx, anchors, EventQuery.newest(3)));

    assertEquals(List.of("e150", "e149", "e148"), ids(page));
    assertEquals(150, database.read(tx -> events.history(tx, anchors)).size());
  }

  @Test
  void theHistoryIsOldestFirstAndReadsPropertiesWhenAsked() {
    append(1, event("b", "Viewed", NOON));
    append(1, event("a", "Viewed", NOON));
    append(1, event("z", "Viewed", NOON.minusSeconds(1)));

    var history = database.read(tx -> events.history(tx, List.of(1L)));

    assertEquals(List.of("z", "a", "b"), history.stream().map(PastEvent::id).toList());
    assertEquals("shoes", history.getFirst().property("category"));
  }

  @Test
  void aMessageIdIsRememberedForADayAtLeastAndForgottenLater() {
    assertTrue(isFirst("m", NOON));
    assertFalse(isFirst("m", NOON.plusSeconds(3600 * 24)));
    forget(NOON.plusSeconds(3600 * 24));
    assertFalse(isFirst("m", NOON));
    forget(NOON.plusSeconds(3600 * 48));
    assertTrue(isFirst("m", NOON.plusSeconds(3600 * 48)));
  }

  @Test
  void theWarehouseReadsOnFromAPositionAndMissesNothing() {
    append(1, event("a", "Viewed", NOON));
    append(1, event("b", "Viewed", NOON.minusSeconds(9)));
    long seen = database.read(events::position);
    append(2, event("c", "Viewed", NOON));

    assertEquals(List.of("a", "b", "c"),
        database.read(tx -> events.sync(tx, 0, 10)).stream().map(stored -> stored.event().id()).toList());
    var later = database.read(tx -> events.sync(tx, seen, 10));
    assertEquals(List.of("c"), later.stream().map(stored -> stored.event().id()).toList());
    assertEquals(2, later.getFirst().anchor());
  }

  @Test
  void activitiesOfATableAreReplacedAndOnlyChangesAreWritten() {
    var one = activity("shop.orders|1", NOON, 10);
    var two = activity("shop.orders|2", NOON, 20);
    assertEquals(Set.of(7L), replace(one, two));
    assertEquals(Set.of(), replace(one, two));
    assertEquals(Set.of(7L), replace(one, activity("shop.orders|2", NOON, 21)));
    assertEquals(Set.of(7L), replace(one));

    var history = database.read(tx -> events.history(tx, List.of(7L)));
    assertEquals(List.of("shop.orders|1"), history.stream().map(PastEvent::id).toList());
    assertEquals(List.of(), database.read(tx -> events.sync(tx, 0, 10)));
  }

  @Test
  void whatTheWriterRemembersIsWhatTheStoreHolds() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int step = 0; step < 300; step++) {
      long anchor = 1 + random.nextInt(5);
      var at = NOON.plusSeconds(random.nextInt(4 * 86_400));
      String name = random.nextInt(4) == 0 ? "Closed" : "Viewed";
      switch (random.nextInt(5)) {
        case 0 -> replace(activity("shop.orders|1", at, step), activity("shop.orders|" + random.nextInt(9), at, step));
        case 1 -> {
          String id = "lost" + step;
          assertThrows(IllegalStateException.class, () -> database.write(tx -> {
            events.history(tx, List.of(anchor), VIEWED_EVER, NOON);
            events.append(tx, events.reserve(tx, 1), anchor, Collected.Accepted.of(event(id, "Viewed", at)));
            assertTrue(events.history(tx, List.of(anchor), VIEWED_EVER, NOON).stream()
                .anyMatch(event -> event.id().equals(id)));
            throw new IllegalStateException("rolled back");
          }));
        }
        default -> append(anchor, event("e" + step, name, at));
      }
      var some = new TreeSet<>(List.of(anchor, 7L, 1L + random.nextInt(5)));
      var uses = random.nextInt(9) == 0 ? VIEWED_LATELY : VIEWED_EVER;
      var now = NOON.plusSeconds(random.nextInt(6) * 86_400L);
      assertEquals(stored(some, uses, now),
          texts(database.write(tx -> events.history(tx, some, uses, now)), uses, now), "seed " + seed);
    }
  }

  private List<String> stored(Set<Long> anchors, Uses uses, Instant now) {
    return texts(database.read(tx -> events.history(tx, anchors)), uses, now);
  }

  /// What can matter, of a history that may hold more.
  private static List<String> texts(List<? extends Subject.Occurrence> history, Uses uses, Instant now) {
    return history.stream().filter(event -> uses.looksAt(event.name()))
        .filter(event -> uses.ignoresUntil(now).filter(until -> !event.at().isAfter(until)).isEmpty())
        .map(event -> event.id() + event.at() + event.name() + event.type() + event.property("category")).toList();
  }

  @Test
  void onlyWhatDefinitionsLookAtIsKeptInMemory() {
    append(1, event("a", "Viewed", NOON));
    append(1, event("b", "Closed", NOON));

    var history = database.write(tx -> events.history(tx, List.of(1L), VIEWED_EVER, NOON));

    assertEquals("shoes", history.getFirst().property("category"));
    if (product == TestDatabases.Product.SQLITE) {
      assertEquals(1, history.size());
      assertThrows(IllegalStateException.class, () -> history.getFirst().property("amount"));
    }
  }

  @Test
  void longHistoriesAreReadAnewAndTheLeastRecentGoFirst() {
    var recent = new RecentHistories(new EventLog(), 64 * 1_000);
    for (long anchor = 1; anchor <= 100; anchor++) {
      long one = anchor;
      append(one, event("e" + one, "Viewed", NOON));
      assertEquals(1, size(recent, one));
    }
    for (int more = 0; more < 10; more++) {
      append(100, event("more" + more, "Viewed", NOON));
    }

    assertEquals(product == TestDatabases.Product.SQLITE ? 1 : 11, size(recent, 100), "still in memory");
    assertEquals(1, size(recent, 1), "read anew");
    database.write(tx -> {
      recent.forget(tx, 100);
      return true;
    });
    assertEquals(11, size(recent, 100));
    append(100, event("last", "Viewed", NOON));
    assertEquals(12, size(recent, 100), "too long to stay");
  }

  private int size(RecentHistories recent, long anchor) {
    return database.write(tx -> recent.of(tx, List.of(anchor), VIEWED_EVER, NOON)).size();
  }

  @Test
  void refusedMessagesAreKeptWithReasonAndBytes() {
    byte[] original = "{\"a\": \u00e9".getBytes(StandardCharsets.UTF_8);
    database.write(tx -> {
      events.quarantine(tx,
          new Collected.Refused(Problem.of(Problem.Code.INVALID_EVENT, "event is missing"),
              new Original(original, Optional.of(EventType.TRACK), "{\"sentAt\":7}"), NOON, "live"));
      return true;
    });

    var kept = database.read(tx -> events.quarantined(tx, Long.MAX_VALUE, 10)).messages().getFirst();

    assertEquals("invalid_event", kept.code());
    assertEquals("event is missing", kept.reason());
    assertEquals(new String(original, StandardCharsets.UTF_8),
        new String(kept.original().bytes(), StandardCharsets.UTF_8));
    assertEquals("{\"sentAt\":7}", kept.original().envelope());
    assertEquals(Optional.of(EventType.TRACK), kept.original().type());
    assertEquals(1, database.read(events::quarantineStock).kept().messages());
  }

  @Test
  void whoeverFloodsTheQuarantineMakesTheOldestLeaveAndThatIsCounted() {
    var small = new Events(new QuarantineLimits(3, 100, Duration.ofDays(2)));
    for (int i = 1; i <= 5; i++) {
      refuse(small, "%d".formatted(i).repeat(10), "{}", NOON);
    }
    assertEquals(List.of(5L, 4L, 3L), numbers(small));
    assertEquals(stock(3, 36, 2, 24, 0, 0), database.read(small::quarantineStock));

    refuse(small, "x".repeat(60), "y".repeat(30), NOON.plusSeconds(1));
    assertEquals(List.of(6L), numbers(small), "what a batch says takes room as well");

    refuse(small, "z".repeat(200), "{}", NOON.plusSeconds(1));
    assertEquals(List.of(), numbers(small), "one that does not fit alone");
    assertEquals(stock(0, 0, 7, 352, 0, 0), database.read(small::quarantineStock));
  }

  @Test
  void aMessageThatWaitedTooLongLeavesTheQuarantineAndIsCounted() {
    var brief = new Events(new QuarantineLimits(1_000, 100_000, Duration.ofDays(2)));
    for (int i = 0; i < 150; i++) {
      refuse(brief, "old %d".formatted(i), "{}", NOON);
    }
    refuse(brief, "new", "{}", NOON.plus(Duration.ofDays(1)));

    for (int i = 0; i < 2; i++) {
      database.write(tx -> {
        brief.tidyQuarantine(tx, NOON.plus(Duration.ofDays(2)).plusSeconds(1));
        return true;
      });
    }

    assertEquals(List.of(151L), numbers(brief));
    assertEquals(150, database.read(brief::quarantineStock).old().messages());
    assertEquals(true, database.write(tx -> brief.release(tx, 151)));
    assertEquals(new QuarantineStock.Amount(0, 0), database.read(brief::quarantineStock).kept());
  }

  private void refuse(Events into, String message, String batch, Instant receivedAt) {
    database.write(tx -> {
      into.quarantine(tx, new Collected.Refused(Problem.of(Problem.Code.INVALID_EVENT, "event is missing"),
          new Original(message.getBytes(StandardCharsets.UTF_8), Optional.empty(), batch), receivedAt, "live"));
      return true;
    });
  }

  private List<Long> numbers(Events of) {
    return database.read(tx -> of.quarantined(tx, Long.MAX_VALUE, 10)).messages().stream()
        .map(QuarantinedEvent::number).toList();
  }

  private static QuarantineStock stock(long kept, long keptBytes, long full, long fullBytes, long old, long oldBytes) {
    return new QuarantineStock(new QuarantineStock.Amount(kept, keptBytes),
        new QuarantineStock.Amount(full, fullBytes), new QuarantineStock.Amount(old, oldBytes),
        new QuarantineLimits(3, 100, Duration.ofDays(2)));
  }

  private Set<Long> replace(Event... activities) {
    return events.replaceActivities(database, "shop.orders", List.of(activities).iterator(), (tx, identity) -> 7,
        done -> {});
  }

  private static Event activity(String id, Instant at, int amount) {
    return new Event(id, EventType.ACTIVITY, "Order Completed", at, at, "shop.orders",
        List.of(new Identity("shop.contacts", "c1")), JsonNodeFactory.instance.objectNode().put("amount", amount));
  }

  private static Event event(String id, String name, Instant at) {
    return new Event(id, EventType.TRACK, name, at, NOON, "live", List.of(new Identity("user_id", "u")),
        JsonNodeFactory.instance.objectNode().put("category", "shoes"));
  }

  private void append(long anchor, Event event) {
    database.write(tx -> {
      events.append(tx, events.reserve(tx, 1), anchor, Collected.Accepted.of(event));
      return true;
    });
  }

  private boolean isFirst(String id, Instant at) {
    return database.write(tx -> events.isFirst(tx, id, at));
  }

  private void forget(Instant now) {
    database.write(tx -> {
      events.forgetRepeats(tx, now);
      return true;
    });
  }

  private static List<String> ids(EventPage page) {
    return page.events().stream().map(Event::id).toList();
  }
}
