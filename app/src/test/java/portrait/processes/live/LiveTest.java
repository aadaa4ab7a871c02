package portrait.processes.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.TestClock;
import portrait.stages.events.Collected;
import portrait.stages.events.Event;
import portrait.stages.events.EventQuery;
import portrait.stages.events.EventType;
import tools.jackson.databind.node.JsonNodeFactory;

@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class LiveTest {

  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private final TestClock clock = new TestClock(NOW);
  private TestLive portrait;

  private final TestDatabases.Product product;

  LiveTest(TestDatabases.Product product) {
    this.product = product;
  }

  @BeforeEach
  void open(@TempDir Path folder) {
    portrait = new TestLive(product.settings(folder), clock);
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @Test
  void aStrangerIsKnownOnceTheySignInAndTheirHistoryComesAlong() {
    portrait.definitions.apply("""
        kind: Segment
        name: leather-shoe-fans
        spec:
          title: Interested in leather shoes
          where:
            all:
              - event: Product Viewed
                with: { category: leather-shoes }
                within: 30d
                count: { at_least: 3 }
              - not: { event: Checkout Completed, within: 30d }
        """, "test");
    for (int view = 1; view <= 3; view++) {
      assertEquals(new Receipt(1, 0, 0), portrait.send("""
          {"type": "track", "event": "Product Viewed", "anonymousId": "mobile_guest123", "messageId": "view-%d",
           "properties": {"category": "leather-shoes"}}""".formatted(view)));
    }

    var guest = portrait.find("anonymous_id", "mobile_guest123");
    assertFalse(guest.known());
    assertEquals(List.of("leather-shoe-fans"), guest.segments());
    assertEquals(List.of(new SeenIdentity("anonymous_id", "mobile_guest123", NOW, NOW)), guest.identities());

    portrait.send("""
        {"type": "identify", "userId": "ann", "traits": {"first_name": "Ann", "email": "ann@example.com"}}""");
    var shopper = portrait.find("user_id", "ann");
    assertTrue(shopper.known());
    portrait.send("""
        {"type": "identify", "anonymousId": "mobile_guest123", "userId": "ann", "traits": {"city": "Lyon"}}""");

    var one = portrait.find("anonymous_id", "mobile_guest123");
    assertEquals(one, portrait.find("user_id", "ann"));
    assertTrue(one.known());
    assertEquals(Map.of("first_name", "Ann", "email", "ann@example.com", "city", "Lyon"), one.attributes());
    assertEquals(List.of("leather-shoe-fans"), one.segments());
    assertEquals(List.of("Identify", "Identify", "Product Viewed", "Product Viewed", "Product Viewed"),
        portrait.eventNames("email", "ann@example.com").stream().sorted().toList());
    var given = new ArrayList<>(List.of(guest.customerId(), shopper.customerId()));
    given.remove(one.customerId());
    assertEquals(given, one.previousCustomerIds());
    assertEquals(one, portrait.find("customer", given.getFirst().toString()));
  }

  @Test
  void aMembershipThatTimeEndsIsEndedByTheClock() {
    portrait.definitions.apply("""
        kind: Segment
        name: active
        spec: { title: Active, where: { event: Opened, within: 7d } }
        """, "test");
    portrait.send("""
        {"type": "track", "event": "Opened", "userId": "u"}""");
    assertEquals(0, portrait.live.tick(clock.instant()));

    clock.advance(Duration.ofDays(8));

    assertEquals(1, portrait.live.tick(clock.instant()));
    assertEquals(List.of(), portrait.find("user_id", "u").segments());
    assertEquals(0, portrait.live.tick(clock.instant()));
  }

  @Test
  void whatIsAcknowledgedIsSeenByTheNextLookUp() {
    for (int i = 0; i < 50; i++) {
      portrait.send("""
          {"type": "identify", "userId": "u%d", "traits": {"n": %d}}""".formatted(i % 7, i));
      assertEquals((long) i, portrait.find("user_id", "u" + i % 7).attributes().get("n"));
    }
  }

  @Test
  void aRepeatedMessageIsTakenInOnce() {
    String message = """
        {"type": "track", "event": "Bought", "userId": "u", "messageId": "m1"}""";

    assertEquals(new Receipt(1, 1, 0), portrait.send(message, message));
    assertEquals(new Receipt(0, 1, 0), portrait.send(message));
    assertEquals(List.of("Bought"), portrait.eventNames("user_id", "u"));
  }

  @Test
  void theEarlierIdOfAnAliasIsLookedForAmongVisitorsThenAmongUsers() {
    portrait.definitions.apply("""
        kind: Namespace
        name: user_id
        spec: { unique: false, values_max: 10 }
        """, "test");
    portrait.send("""
        {"type": "track", "event": "Opened", "anonymousId": "a"}""", """
        {"type": "track", "event": "Bought", "userId": "old"}""");

    portrait.send("""
        {"type": "alias", "userId": "new", "previousId": "a"}""", """
        {"type": "alias", "userId": "new", "previousId": "old"}""", """
        {"type": "alias", "userId": "new", "previousId": "never seen"}""");

    var one = portrait.find("user_id", "new");
    assertEquals(List.of("anonymous_id:a", "anonymous_id:never seen", "user_id:new", "user_id:old"),
        one.identities().stream().map(identity -> identity.namespace() + ":" + identity.value()).sorted().toList());
  }

  @Test
  void anAliasOfTwoUsersIsRefusedWhereOnePersonHasOneUserId() {
    portrait.send("""
        {"type": "track", "event": "Bought", "userId": "old"}""");

    var receipt = portrait.send("""
        {"type": "track", "event": "Bought", "userId": "other"}""", """
        {"type": "alias", "userId": "new", "previousId": "old"}""");

    assertEquals(1, receipt.accepted());
    assertEquals("the event has more than 1 different values of 'user_id', and one customer cannot",
        receipt.objections().get(1).message());
  }

  @Test
  void whoeverJoinsAGroupHasItsIdAndTheTraitsOfTheGroupStayWithTheEvent() {
    portrait.send("""
        {"type": "group", "userId": "u", "groupId": "initech", "traits": {"name": "Initech"}}""");

    assertEquals(Map.of("group_id", "initech"), portrait.find("user_id", "u").attributes());
    var event = portrait.live.events(new Identity("user_id", "u"), EventQuery.newest(1)).orElseThrow().events()
        .getFirst();
    assertEquals("{\"name\":\"Initech\",\"groupId\":\"initech\"}", event.properties().toString());
  }

  @Test
  void aWrongMessageIsQuarantinedAndTheOthersAreTaken() {
    assertEquals(new Receipt(1, 0, 1), portrait.send("""
        {"type": "track", "userId": "u"}""", """
        {"type": "track", "event": "Bought", "userId": "u"}"""));

    var kept = portrait.database.read(tx -> portrait.events.quarantined(tx, Long.MAX_VALUE, 10)).messages();
    assertEquals(List.of("event is missing but a track message must name one"),
        kept.stream().map(event -> event.reason()).toList());
  }

  @Test
  void aMessageThatTheStoreCannotTakeDoesNotFailTheOthersOfItsGroup() {
    var group = new ArrayList<Collected>();
    for (int i = 0; i < 40; i++) {
      group.add(Collected.Accepted.of(event("m" + i, "u" + i)));
    }
    group.set(17, poison("poison", "u17"));

    var receipt = portrait.live.receive(group);
    assertEquals(39, receipt.accepted());
    assertEquals("the message could not be applied (StoreException)",
        receipt.objections().get(17).message());
    assertEquals(39, portrait.facts().size());
    assertEquals(Optional.empty(), portrait.look("user_id", "u17"));
    assertEquals(List.of("internal"),
        portrait.database.read(tx -> portrait.events.quarantined(tx, Long.MAX_VALUE, 10)).messages().stream()
            .map(kept -> kept.code()).toList());
  }

  /// Validation lets no such event through; it stands for whatever a store may refuse.
  @SuppressWarnings("NullAway")
  private static Collected poison(String id, String user) {
    return Collected.Accepted.of(new Event(id, EventType.TRACK, null, NOW, NOW, Event.LIVE,
        List.of(new Identity("user_id", user)), JsonNodeFactory.instance.objectNode()));
  }

  private static Event event(String id, String user) {
    return new Event(id, EventType.TRACK, "Opened", NOW, NOW, Event.LIVE, List.of(new Identity("user_id", user)),
        JsonNodeFactory.instance.objectNode());
  }

  @Test
  void twoPeopleOnOneDeviceStayTwoPeople() {
    portrait.send("""
        {"type": "page", "anonymousId": "tablet"}""", """
        {"type": "identify", "anonymousId": "tablet", "userId": "ann", "traits": {"name": "Ann"}}""", """
        {"type": "track", "event": "Bought", "anonymousId": "tablet", "userId": "ann"}""");
    clock.advance(Duration.ofHours(2));
    portrait.send("""
        {"type": "identify", "anonymousId": "tablet", "userId": "bob", "traits": {"name": "Bob"}}""", """
        {"type": "track", "event": "Returned", "anonymousId": "tablet", "userId": "bob"}""");

    var ann = portrait.find("user_id", "ann");
    var bob = portrait.find("user_id", "bob");
    assertNotEquals(ann.customerId(), bob.customerId());
    assertEquals("Ann", ann.attributes().get("name"));
    assertEquals("Bob", bob.attributes().get("name"));
    assertTrue(portrait.eventNames("user_id", "ann").contains("Bought"));
    assertFalse(portrait.eventNames("user_id", "ann").contains("Returned"));
    assertTrue(portrait.eventNames("user_id", "bob").contains("Returned"));
    assertFalse(portrait.eventNames("user_id", "bob").contains("Bought"));
  }

  @Test
  void anAliasTiesAnEarlierIdToTheUser() {
    portrait.send("""
        {"type": "track", "event": "Opened", "anonymousId": "before"}""", """
        {"type": "alias", "previousId": "before", "userId": "after"}""");

    assertEquals(portrait.find("anonymous_id", "before"), portrait.find("user_id", "after"));
    assertEquals(2, portrait.eventNames("user_id", "after").size());
  }

  @Test
  void lineageTellsWhichSourceWonAndWhatTheOthersSaid() {
    portrait.send("""
        {"type": "identify", "userId": "u", "anonymousId": "a", "traits": {"city": "Lyon"}}""");

    var lineage = portrait.live.lineage(new Identity("anonymous_id", "a")).orElseThrow();

    var city = lineage.attributes().getFirst();
    assertEquals("city", city.name());
    assertEquals("live", city.source());
    assertEquals(List.of(new Lineage.Said("Lyon", "live", NOW, new Identity("user_id", "u"))), city.said());
    assertEquals(1, lineage.links().size());
    assertEquals(2, portrait.live.identities(new Identity("user_id", "u")).orElseThrow().identities().size());
  }

  @Test
  void aFullQueueTurnsCallersAwayAndLosesNothing() throws InterruptedException, ExecutionException {
    var mayWrite = new CountDownLatch(1);
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var blocker = callers.submit(() -> portrait.database.write(tx -> {
        try {
          mayWrite.await();
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
        }
        return true;
      }));
      var calls = new ExecutorCompletionService<Receipt>(callers);
      for (int call = 0; call < 10; call++) {
        var messages = new ArrayList<Collected>();
        for (int i = 0; i < 1_000; i++) {
          messages.add(Collected.Accepted.of(event("call-%d-%d".formatted(call, i), "u" + i % 5)));
        }
        calls.submit(() -> portrait.live.receive(messages));
      }

      // Eight calls fit, two are turned away at once.
      for (int refused = 0; refused < 2; refused++) {
        Future<Receipt> call = calls.take();
        var failure = assertThrows(ExecutionException.class, call::get);
        var problem = assertInstanceOf(ProblemException.class, failure.getCause()).problem();
        assertEquals(Problem.Code.TOO_BUSY, problem.code());
        assertEquals("2", problem.details().get("retryAfterSeconds"));
      }
      mayWrite.countDown();
      blocker.get();
      for (int accepted = 0; accepted < 8; accepted++) {
        assertEquals(new Receipt(1_000, 0, 0), calls.take().get());
      }
    }
    assertEquals(8_000, portrait.facts().size());
    assertEquals(new Receipt(1, 0, 0), portrait.send("""
        {"type": "page", "userId": "later"}"""));
  }
}
