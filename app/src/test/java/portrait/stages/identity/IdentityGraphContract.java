package portrait.stages.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// What the identity graph promises, on every engine. The cases T1 to T7 are worked examples of shared devices, junk
/// values and contradicting facts.
abstract class IdentityGraphContract {

  private static final Namespace CRM = TestGraph.person("crm", 100, true);
  private static final Namespace EMAIL = TestGraph.person("email", 60, true);
  private static final Namespace COOKIE = TestGraph.cookie("cookie", 10);

  @TempDir
  Path folder;

  private TestGraph graph;

  /// A new, empty store.
  abstract DatabaseSettings settings();

  @BeforeEach
  void open() {
    graph = new TestGraph(settings());
  }

  @AfterEach
  void close() {
    graph.close();
  }

  private void define(Namespace... namespaces) {
    graph.namespaces = List.of(namespaces);
  }

  @Test
  void t1_a_shared_laptop_moves_to_whoever_signed_in_last() {
    define(CRM, EMAIL, COOKIE);
    graph.load(0, "shop.people", "crm:jane email:jane@x", "crm:john email:john@x");

    graph.see(1, "crm:jane", "cookie:laptop");
    assertEquals(Set.of("cookie:laptop crm:jane email:jane@x", "crm:john email:john@x"), graph.customers());

    Resolution john = graph.see(2, "crm:john", "cookie:laptop");
    assertEquals(Set.of("crm:jane email:jane@x", "cookie:laptop crm:john email:john@x"), graph.customers());
    assertEquals(graph.keyOf("crm:john"), john.customer());
    assertEquals(List.of(graph.keyOf("crm:jane")), john.changed());
    assertEquals(List.of(), john.absorbed());
  }

  @Test
  void t2_without_an_e_mail_the_former_user_of_a_shared_laptop_keeps_a_profile_of_one_identity() {
    define(CRM, COOKIE);
    CustomerId jane = graph.see(1, "crm:jane", "cookie:laptop").customer().id();
    graph.see(2, "crm:john", "cookie:laptop");

    assertEquals(Set.of("crm:jane", "cookie:laptop crm:john"), graph.customers());
    assertEquals(jane, graph.idOf("crm:jane"));
  }

  @Test
  void t3_a_junk_e_mail_stays_with_the_later_row_and_never_merges_two_people() {
    define(CRM, EMAIL, COOKIE);
    graph.load(1, "shop.people", "crm:ann email:info@x");
    graph.load(2, "shop.people", "crm:bob email:info@x");

    assertEquals(Set.of("crm:ann", "crm:bob email:info@x"), graph.customers());
    List<Link> links = graph.linksOf("crm:ann");
    assertEquals(1, links.size());
    assertTrue(links.getFirst().isCut());
  }

  @Test
  void t4_anonymous_events_belong_to_whoever_signed_in_last_including_the_past() {
    define(CRM, COOKIE);
    graph.see(1, "crm:kevin", "cookie:tablet");
    graph.see(2, "crm:nora", "cookie:tablet");
    Resolution anonymous = graph.see(3, "cookie:tablet");
    assertEquals(graph.idOf("crm:nora"), anonymous.customer().id());

    Resolution kevin = graph.see(4, "crm:kevin", "cookie:tablet");
    assertEquals(graph.idOf("crm:kevin"), kevin.customer().id());
    List<KnownIdentity> ring = graph.database.read(tx -> graph.graph.keyRing(tx, kevin.customer()));
    assertTrue(ring.stream().anyMatch(identity -> identity.number() == anonymous.anchor()));
    assertEquals(Set.of("cookie:tablet crm:kevin", "crm:nora"), graph.customers());
  }

  @Test
  void t5_one_event_with_two_values_of_a_unique_namespace_is_refused_and_identical_ones_count_once() {
    define(CRM, COOKIE);
    var refused = assertThrows(ProblemException.class, () -> graph.see(1, "crm:a", "crm:b", "cookie:c"));
    assertEquals(Problem.Code.INVALID_EVENT, refused.problem().code());
    assertEquals(Set.of(), graph.customers());

    graph.see(2, "crm:a", "crm:a", "cookie:c");
    assertEquals(Set.of("cookie:c crm:a"), graph.customers());
  }

  @Test
  void t6_several_values_in_the_highest_namespace_are_one_customer_when_it_is_not_unique() {
    define(TestGraph.person("email", 60, false), COOKIE);
    Resolution both = graph.see(1, "email:b@x", "email:a@x", "cookie:c");

    assertEquals(Set.of("cookie:c email:a@x email:b@x"), graph.customers());
    assertEquals(graph.database.read(tx -> graph.graph.keyRing(tx, both.customer())).stream()
        .filter(identity -> identity.identity().value().equals("b@x")).findFirst().orElseThrow().number(),
        both.anchor());
    assertThrows(IllegalArgumentException.class, () -> new Identity("crm", ""));
  }

  @Test
  void t7_a_login_that_cannot_be_tied_to_a_person_is_a_known_customer_of_its_own() {
    define(CRM, TestGraph.person("login", 40, false), COOKIE);
    graph.see(1, "crm:jane", "cookie:c");
    graph.see(2, "login:dangling");

    assertEquals(Set.of("cookie:c crm:jane", "login:dangling"), graph.customers());
    Counts counts = graph.database.read(graph.graph::counts);
    assertEquals(2, counts.known());
    assertEquals(0, counts.unknown());
  }

  @Test
  void an_unknown_visitor_becomes_known_and_both_ids_keep_resolving() {
    Resolution visitor = graph.see(1, "anonymous_id:m1");
    assertTrue(visitor.isNew());
    assertFalse(graph.isKnown(visitor.customer()));
    Resolution shopper = graph.see(2, "user_id:u1");

    Resolution met = graph.see(3, "user_id:u1", "anonymous_id:m1");
    assertEquals(shopper.customer(), met.customer());
    assertEquals(List.of(visitor.customer()), met.absorbed());
    assertEquals(List.of(), met.changed());
    assertEquals(shopper.anchor(), met.anchor());
    assertTrue(graph.isKnown(met.customer()));
    assertEquals(Optional.of(met.customer()),
        graph.database.read(tx -> graph.graph.find(tx, visitor.customer().id())));
    assertEquals(Optional.of(met.customer()), graph.database
        .read(tx -> graph.graph.find(tx, new Identity("customer", visitor.customer().id().toString()))));
    assertEquals(List.of(visitor.customer().id()),
        graph.database.read(tx -> graph.graph.previousIds(tx, met.customer())));
    assertEquals(Optional.empty(),
        graph.database.read(tx -> graph.graph.find(tx, new CustomerId(new UUID(1, 2)))));
  }

  @Test
  void of_two_known_customers_the_older_survives() {
    CustomerId older = graph.see(1, "email:a@x").customer().id();
    graph.see(2, "phone:1");
    assertEquals(older, graph.see(3, "phone:1", "email:a@x").customer().id());
  }

  @Test
  void what_is_known_already_changes_nothing_and_keeps_its_customer() {
    Resolution first = graph.see(1, "user_id:u", "anonymous_id:a");
    Resolution again = graph.see(1, "user_id:u", "anonymous_id:a");
    assertEquals(new Resolution(first.customer(), first.anchor(), false, List.of(), List.of()), again);
  }

  @Test
  void junk_is_no_identity_and_an_event_of_nothing_but_junk_is_refused() {
    graph.see(1, "user_id:undefined", "anonymous_id:a");
    graph.see(2, "user_id:NULL", "anonymous_id:b");
    assertEquals(Set.of("anonymous_id:a", "anonymous_id:b"), graph.customers());
    assertThrows(ProblemException.class, () -> graph.see(3, "user_id:undefined"));
  }

  @Test
  void a_customer_with_too_many_values_gives_up_those_seen_longest_ago() {
    define(CRM, new Namespace("cookie", "", 10, Namespace.Type.COOKIE, false, 2, Set.of()));
    graph.see(1, "crm:a", "cookie:1");
    graph.see(2, "crm:a", "cookie:2");
    graph.see(3, "crm:a", "cookie:3");
    assertEquals(Set.of("cookie:1", "cookie:2 cookie:3 crm:a"), graph.customers());
  }

  @Test
  void ten_sign_ins_within_one_millisecond_come_out_the_same_in_any_order() {
    Set<Set<String>> outcomes = new HashSet<>();
    for (int turn = 0; turn < 10; turn++) {
      try (var shuffled = new TestGraph(settings(), CRM, COOKIE)) {
        for (int i = 0; i < 10; i++) {
          shuffled.see(TestGraph.DAY, "crm:" + (i * 3 + turn) % 10, "cookie:shared");
        }
        outcomes.add(shuffled.customers());
      }
    }
    assertEquals(1, outcomes.size());
  }

  @Test
  void ten_updates_within_one_millisecond_a_few_microseconds_apart_come_out_the_same_in_any_order() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var updates = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    Set<Set<String>> outcomes = new HashSet<>();
    for (int turn = 0; turn < 25; turn++) {
      Collections.shuffle(updates, random);
      try (var shuffled = new TestGraph(settings(), CRM, EMAIL, COOKIE)) {
        for (int i : updates) {
          Instant at = TestGraph.DAY.plus(i / 2 * 100, ChronoUnit.MICROS);
          switch (i % 3) {
            case 0 -> shuffled.see(at, "crm:" + i, "cookie:shared");
            case 1 -> shuffled.see(at, "crm:" + (i - 1), "email:" + i % 2);
            default -> shuffled.see(at, "cookie:shared", "email:" + i % 2);
          }
        }
        outcomes.add(shuffled.customers());
      }
    }
    assertEquals(1, outcomes.size(), "seed " + seed + ": " + outcomes);
  }

  @Test
  void what_a_person_keeps_apart_stays_apart_until_they_take_it_back() {
    define(CRM, TestGraph.person("email", 60, false), COOKIE);
    graph.see(1, "crm:ann", "cookie:1");
    graph.see(2, "email:bob@x", "cookie:1");
    CustomerId one = graph.idOf("crm:ann");
    assertEquals(one, graph.idOf("email:bob@x"));

    Changes split = graph.database.write(tx -> graph.graph.separate(tx, TestGraph.identity("crm:ann"),
        TestGraph.identity("email:bob@x"), "Eve", TestGraph.DAY, "brother and sister"));
    assertEquals(1, split.split());
    assertEquals(Set.of("crm:ann", "cookie:1 email:bob@x"), graph.customers());
    assertEquals(one, graph.idOf("crm:ann"));
    CustomerKey ann = graph.keyOf("crm:ann");
    assertEquals(List.of("brother and sister"),
        graph.database.read(tx -> graph.graph.separations(tx, ann)).stream().map(Separation::reason).toList());

    graph.see(3, "crm:ann", "cookie:1");
    graph.see(4, "crm:ann", "email:bob@x");
    graph.match("crm:ann email:bob@x");
    graph.load(5, "t.a", "t.a:1 email:bob@x", "t.a:1 crm:ann");
    graph.graph.rebuild(graph.database, _ -> {});
    assertNotEquals(graph.idOf("crm:ann"), graph.idOf("email:bob@x"));

    Changes back = graph.database.write(
        tx -> graph.graph.rejoin(tx, TestGraph.identity("email:bob@x"), TestGraph.identity("crm:ann")));
    assertEquals(1, back.merged());
    assertEquals(one, graph.idOf("email:bob@x"));
  }

  @Test
  void a_forgotten_customer_leaves_nothing_and_whoever_comes_back_is_somebody_new() {
    define(CRM, EMAIL, COOKIE);
    graph.see(1, "crm:ann", "cookie:1");
    graph.see(2, "crm:bob", "cookie:1");
    graph.see(3, "crm:bob", "cookie:2");
    CustomerKey bob = graph.keyOf("crm:bob");
    CustomerId ann = graph.idOf("crm:ann");

    assertEquals(3, graph.database.write(tx -> graph.graph.forget(tx, bob)).numbers().size());

    assertEquals(Set.of("crm:ann"), graph.customers());
    assertEquals(List.of(), graph.linksOf("crm:ann"));
    graph.see(4, "crm:bob", "cookie:1");
    assertNotEquals(bob.id(), graph.idOf("crm:bob"));
    assertEquals(ann, graph.idOf("crm:ann"));
    assertEquals(Set.of("crm:ann", "cookie:1 crm:bob"), graph.customers());
  }

  @Test
  void a_simulation_tells_who_would_split_and_merge_and_changes_nothing() {
    define(TestGraph.person("email", 60, false), COOKIE);
    graph.see(1, "email:a@x", "cookie:c");
    graph.see(2, "email:b@x", "cookie:c");
    Set<String> before = graph.customers();
    CustomerId id = graph.idOf("cookie:c");

    Simulation split = graph.graph.simulate(graph.database, List.of(EMAIL, COOKIE), 10);

    assertEquals(new Simulation(1, true, 0, 1, 0, 0, List.of(new Simulation.Sample(
        List.of(new Simulation.Before(id, identities("email:a@x", "email:b@x", "cookie:c"))),
        List.of(identities("email:a@x"), identities("email:b@x", "cookie:c"))))), split);
    assertEquals(before, graph.customers());
  }

  private static List<Identity> identities(String... texts) {
    return Arrays.stream(texts).map(TestGraph::identity).toList();
  }

  @Test
  void idle_strangers_are_found_and_people_and_rows_are_not() {
    define(CRM, EMAIL, COOKIE, TestGraph.cookie("t.a", 5));
    graph.see(1, "cookie:old");
    graph.see(1, "cookie:phone", "device_id:1");
    graph.see(30, "cookie:fresh");
    graph.see(1, "crm:ann");
    graph.load(1, "t.a", "t.a:1");
    Instant since = TestGraph.DAY.plus(Duration.ofHours(20));

    assertEquals(List.of("cookie:old", "device_id:1"), idle(Set.of(), since));
    assertEquals(List.of("cookie:old"), idle(Set.of("cookie"), since));
    assertEquals(List.of(), idle(Set.of(), TestGraph.DAY));
  }

  private List<String> idle(Set<String> namespaces, Instant since) {
    return graph.database.read(tx -> graph.graph.idle(tx, namespaces, since, 0, 10).stream()
        .map(customer -> graph.graph.keyRing(tx, customer).getFirst().identity().toString()).sorted().toList());
  }

  @Test
  void withdrawn_matches_split_customers_again_and_give_their_former_ids_back() {
    graph.load(0, "shop.contacts", "shop.contacts:1 email:a@x", "shop.contacts:2 email:b@x");
    graph.load(0, "shop.loyalty", "shop.loyalty:7", "shop.loyalty:8");
    CustomerId contact = graph.idOf("shop.contacts:1");
    CustomerId loyalty = graph.idOf("shop.loyalty:7");
    CustomerId bystander = graph.idOf("shop.contacts:2");

    Changes merged = graph.match("shop.loyalty:7 shop.contacts:1", "shop.loyalty:8 shop.contacts:2");
    assertEquals(2, merged.merged());
    assertEquals(contact, graph.idOf("shop.loyalty:7"));

    Changes unchanged = graph.match("shop.loyalty:8 shop.contacts:2", "shop.loyalty:7 shop.contacts:1");
    assertEquals(new Changes(0, 0, 0, Set.of()), unchanged);

    Changes split = graph.match("shop.loyalty:8 shop.contacts:2");
    assertEquals(1, split.split());
    assertEquals(contact, graph.idOf("shop.contacts:1"));
    assertEquals(loyalty, graph.idOf("shop.loyalty:7"));
    assertEquals(bystander, graph.idOf("shop.contacts:2"));
    assertEquals(Set.of(graph.keyOf("shop.contacts:1"), graph.keyOf("shop.loyalty:7")), split.touched());
  }

  @Test
  void loading_the_same_rows_again_changes_nothing() {
    String[] rows = {"shop.contacts:1 email:a@x phone:1", "shop.contacts:2 email:b@x phone:1", "shop.contacts:3"};
    Changes first = graph.load(0, "shop.contacts", rows);
    assertEquals(2, first.created());
    Set<String> before = graph.customers();
    assertEquals(new Changes(0, 0, 0, Set.of()), graph.load(5, "shop.contacts", rows));
    assertEquals(before, graph.customers());
  }

  @Test
  void a_corrected_e_mail_no_longer_merges_two_rows_but_still_finds_its_former_owner() {
    graph.load(0, "shop.contacts", "shop.contacts:1 email:a@x", "shop.contacts:2 email:a@x");
    assertEquals(Set.of("email:a@x shop.contacts:1 shop.contacts:2"), graph.customers());

    Changes corrected = graph.load(1, "shop.contacts", "shop.contacts:1 email:a@x", "shop.contacts:2 email:b@x");
    assertEquals(1, corrected.split());
    assertEquals(Set.of("email:a@x shop.contacts:1", "email:b@x shop.contacts:2"), graph.customers());

    graph.load(2, "shop.contacts", "shop.contacts:2 email:c@x");
    assertEquals(graph.idOf("shop.contacts:2"), graph.idOf("email:b@x"));

    graph.see(3, "user_id:new", "email:b@x");
    assertEquals(Set.of("email:a@x shop.contacts:1", "email:c@x shop.contacts:2", "email:b@x user_id:new"),
        graph.customers());
  }

  @Test
  void a_deleted_row_takes_back_what_it_said() {
    graph.load(0, "shop.contacts", "shop.contacts:1 email:a@x", "shop.contacts:2 email:a@x");
    graph.graph.withdraw(graph.database, "shop.contacts", List.of(new Identity("shop.contacts", "2")).iterator(),
        _ -> {});
    assertEquals(Set.of("email:a@x shop.contacts:1", "shop.contacts:2"), graph.customers());
  }

  @Test
  void a_namespace_that_becomes_unique_is_applied_to_the_past_and_can_be_taken_back() {
    define(TestGraph.person("email", 60, false), COOKIE);
    graph.see(1, "email:a@x", "cookie:c");
    graph.see(2, "email:b@x", "cookie:c");
    assertEquals(Set.of("cookie:c email:a@x email:b@x"), graph.customers());
    CustomerId merged = graph.idOf("cookie:c");

    graph.namespaces = List.of(EMAIL, COOKIE);
    Changes split = graph.graph.rebuild(graph.database, _ -> {});
    assertEquals(Set.of("email:a@x", "cookie:c email:b@x"), graph.customers());
    assertEquals(1, split.split());
    assertEquals(merged, graph.idOf("email:a@x"));

    graph.namespaces = List.of(TestGraph.person("email", 60, false), COOKIE);
    Changes back = graph.graph.rebuild(graph.database, _ -> {});
    assertEquals(1, back.merged());
    assertEquals(Set.of("cookie:c email:a@x email:b@x"), graph.customers());
    assertEquals(new Changes(0, 0, 0, Set.of()), graph.graph.rebuild(graph.database, _ -> {}));
  }

  @Test
  void values_declared_junk_later_let_go_of_everyone() {
    graph.see(1, "user_id:a", "email:info@x");
    graph.load(1, "shop.contacts", "shop.contacts:1 email:info@x", "shop.contacts:2 email:info@x");
    graph.namespaces = List.of(
        new Namespace("email", "E-mail", 60, Namespace.Type.PERSON, false, 50, Set.of("info@x")));
    graph.graph.rebuild(graph.database, _ -> {});
    assertEquals(Set.of("user_id:a", "email:info@x", "shop.contacts:1", "shop.contacts:2"), graph.customers());
  }

  @Test
  void a_namespace_that_stops_naming_people_makes_its_customers_unknown() {
    graph.see(1, "phone:1");
    assertEquals(1, graph.database.read(graph.graph::counts).known());
    graph.namespaces = List.of(new Namespace("phone", "Phone", 50, Namespace.Type.DEVICE, false, 50, Set.of()));
    Changes changes = graph.graph.rebuild(graph.database, _ -> {});
    assertEquals(Set.of(graph.keyOf("phone:1")), changes.touched());
    assertEquals(1, graph.database.read(graph.graph::counts).unknown());
  }

  @Test
  void a_transaction_that_is_undone_leaves_numbers_that_can_be_used() {
    for (int i = 0; i < 3; i++) {
      int turn = i;
      assertThrows(IllegalStateException.class, () -> graph.database.write(tx -> {
        graph.graph.resolve(tx, new Sighting(List.of(new Identity("user_id", "lost-" + turn)), "web", "f",
            Instant.EPOCH));
        throw new IllegalStateException("undo");
      }));
      graph.see(1, "user_id:kept-" + i);
    }
    for (int i = 0; i < 1_100; i++) {
      graph.see(1, "user_id:more-" + i);
    }
    assertEquals(1_103, graph.database.read(graph.graph::counts).known());
    assertNotEquals(graph.idOf("user_id:kept-0"), graph.idOf("user_id:kept-1"));
  }

  @Test
  void links_say_where_they_come_from() {
    graph.load(0, "shop.contacts", "shop.contacts:1 email:a@x");
    graph.see(2, "user_id:u", "email:a@x");
    graph.match("shop.contacts:1 user_id:u");
    List<Link> links = graph.linksOf("email:a@x");
    Instant seen = TestGraph.DAY.plus(Duration.ofHours(2));
    assertEquals(
        new Link(TestGraph.identity("user_id:u"), TestGraph.identity("email:a@x"), "web", "event-1", "", 1, seen,
            seen, false),
        links.getFirst());
    assertEquals(Set.of("web", "shop.contacts", "unification"),
        Set.copyOf(links.stream().map(Link::source).toList()));
    assertEquals("same e-mail",
        links.stream().filter(link -> link.source().equals("unification")).findFirst().orElseThrow().rule());
  }

  @Test
  void a_terminal_that_everybody_uses_keeps_a_bounded_history() {
    for (int i = 0; i < 450; i++) {
      graph.see(TestGraph.DAY.plus(Duration.ofMinutes(i)), "user_id:" + i + "x", "anonymous_id:terminal");
    }
    assertEquals(graph.idOf("user_id:449x"), graph.idOf("anonymous_id:terminal"));
    assertEquals(200, graph.database.read(graph.graph::counts).cutLinks());
  }

  @Test
  void idsThatFloodSomebodyWithinADayAreToldButNotLinked() {
    define(CRM, COOKIE);
    for (int i = 0; i < 310; i++) {
      graph.see(TestGraph.DAY.plusSeconds(i), "crm:ann", "cookie:%03d".formatted(i));
    }
    assertEquals(List.of(new LeftOut(TestGraph.identity("crm:ann"), 10, TestGraph.DAY.plusSeconds(300),
        TestGraph.DAY.plusSeconds(309), TestGraph.identity("cookie:309"), "event-310")),
        leftOut("crm:ann"));
    assertEquals(Optional.empty(),
        graph.database.read(tx -> graph.graph.find(tx, TestGraph.identity("cookie:309"))));

    graph.see(TestGraph.DAY.plusSeconds(200_000), "crm:ann", "cookie:later");
    assertEquals(graph.idOf("crm:ann"), graph.idOf("cookie:later"), "when the flood is over the newest counts again");
  }

  @Test
  void aBrowserThatForgetsSomebodyEveryDayIsRecognisedForEver() {
    define(CRM, COOKIE);
    for (int day = 0; day < 320; day++) {
      graph.see(24 * day, "crm:ann", "cookie:%03d".formatted(day));
    }
    assertEquals(graph.idOf("crm:ann"), graph.idOf("cookie:319"));
    assertEquals(List.of(), leftOut("crm:ann"));
  }

  private List<LeftOut> leftOut(String identity) {
    CustomerKey customer = graph.keyOf(identity);
    return graph.database.read(tx -> graph.graph.leftOut(tx, customer));
  }
}
