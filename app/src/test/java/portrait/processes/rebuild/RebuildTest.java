package portrait.processes.rebuild;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.app.Wiring;
import portrait.foundation.database.Database;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.model.Identity;
import portrait.processes.live.Portrait;
import portrait.processes.rebuild.RebuildReport.Finding;

/// A home that lived through random traffic follows from its facts; one whose tables were damaged is mended.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class RebuildTest {

  private static final String DEFINITIONS = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: contacts, path: contacts.csv, key: id, columns: [
              { name: id, type: string }, { name: name, type: string },
              { name: email, type: string, identity: email }, { name: login, type: string, identity: user_id } ] }
          - { name: loyalty, path: loyalty.csv, key: card, columns: [
              { name: card, type: string }, { name: mail, type: string }, { name: points, type: integer } ] }
          - { name: orders, path: orders.csv, key: order_id, columns: [
              { name: order_id, type: string }, { name: contact, type: string }, { name: at, type: timestamp },
              { name: total, type: number } ] }
      ---
      kind: Unification
      name: customers
      spec:
        tables:
          - { table: shop.contacts, attributes: { name: name, email: email } }
          - { table: shop.loyalty, attributes: { email: mail, points: points } }
        rules:
          - { name: same mail, left: shop.loyalty, right: shop.contacts,
              conditions: [ { left: mail, right: email, normalise: [ lowercase, whitespace ] } ] }
      ---
      kind: Activity
      name: orders
      spec:
        title: Orders
        table: shop.orders
        customer: { column: contact, namespace: shop.contacts }
        timestamp: at
        event: Order Completed
        properties: { amount: total }
      ---
      kind: Measure
      name: revenue
      spec: { aggregate: sum, of: amount, event: Order Completed, default: 0 }
      ---
      kind: Segment
      name: buyers
      spec: { where: { measure: { revenue: { at_least: 10 } } } }
      ---
      kind: Segment
      name: active
      spec: { where: { event: Opened, within: 7d, count: { at_least: 2 } } }
      """;
  private static final int PEOPLE = 8;

  private final TestDatabases.Product product;

  RebuildTest(TestDatabases.Product product) {
    this.product = product;
  }

  @Test
  void aHealthyHomeHasNoDifferencesAndABrokenOneIsMended(@TempDir Path home) throws IOException {
    long seed = new Random().nextLong();
    var store = product.settings(home);
    Map<Identity, Portrait> before;
    Instant end;
    try (var portrait = TestPortrait.durable(home, store)) {
      live(portrait, home, new Random(seed));
      assertEquals(List.of(), portrait.rebuild(true), "seed " + seed);
      before = everybody(portrait);
      end = portrait.now();
      assertTrue(before.values().stream().anyMatch(one -> !one.previousCustomerIds().isEmpty()), "seed " + seed);
    }

    assertAll(damages().stream().map(damage -> () -> isNamedAndMended(damage, home, store, end, before, seed)));
    for (var damage : damagesThatLoseSomething()) {
      damage.statements().forEach(sql -> execute(store, sql));
      try (var portrait = TestPortrait.durable(home, store)) {
        portrait.passTo(end);
        assertEquals(damage.kinds(), portrait.rebuild(true).stream().map(Finding::kind).toList(), "seed " + seed);
        portrait.rebuild(false);
        assertEquals(List.of(), portrait.rebuild(true),
            () -> "mended %s, seed %d".formatted(damage.statements(), seed));
      }
    }
  }

  private static void isNamedAndMended(Damage damage, Path home, DatabaseSettings store, Instant end,
      Map<Identity, Portrait> before, long seed) {
    damage.statements().forEach(sql -> execute(store, sql));
    // Started anew after the damage: what a server remembers of its own writes cannot know of it.
    try (var portrait = TestPortrait.durable(home, store)) {
      portrait.passTo(end);
      var found = portrait.rebuild(true);
      assertEquals(damage.kinds(), found.stream().map(Finding::kind).toList(),
          () -> "checking after %s, seed %d: %s".formatted(damage.statements(), seed, found));

      var mended = portrait.rebuild(false);
      assertEquals(damage.kinds(), mended.stream().map(Finding::kind).toList(),
          () -> "mending after %s, seed %d: %s".formatted(damage.statements(), seed, mended));

      assertEquals(List.of(), portrait.rebuild(true), () -> "mended %s, seed %d".formatted(damage.statements(), seed));
      assertEquals(before, everybody(portrait), () -> "mended %s, seed %d".formatted(damage.statements(), seed));
    }
  }

  /// @param kinds what a rebuild must say about it, in alphabetical order
  private record Damage(List<String> kinds, List<String> statements) {

    static Damage of(String kind, String... statements) {
      return new Damage(List.of(kind), List.of(statements));
    }
  }

  private static List<Damage> damages() {
    String busiest = "(SELECT min(customer) FROM identity WHERE namespace = 'user_id' AND value = 'u1')";
    return List.of(
        Damage.of("profile wrong", "UPDATE profile SET document = '{}' WHERE customer = " + busiest),
        new Damage(List.of("profile wrong", "search words of nobody"),
            List.of("DELETE FROM profile WHERE customer = " + busiest)),
        Damage.of("search words missing", "DELETE FROM profile_word WHERE customer = " + busiest),
        Damage.of("measures wrong", "UPDATE measure_value SET measures = '{\"revenue\": 7}'"),
        Damage.of("memberships wrong", "DELETE FROM segment_membership WHERE segment = 'buyers'"),
        Damage.of("fragment missing", "DELETE FROM profile_fragment WHERE source = 'live'"),
        Damage.of("fragment wrong", "UPDATE profile_fragment SET attributes = '{}' WHERE source = 'shop.contacts'"),
        Damage.of("fragment unfounded", """
            INSERT INTO profile_fragment (anchor, source, attributes, at, times)
            SELECT max(number), 'shop.contacts', '{"name": "Mallory"}', NULL, '{}' FROM identity
            WHERE namespace = 'anonymous_id'"""),
        Damage.of("link missing", "DELETE FROM identity_link WHERE source = 'live' AND NOT cut AND fact <> ''"),
        Damage.of("link unfounded", """
            INSERT INTO identity_link (one, other, source, fact, rule, score, first_seen, last_seen, cut, withdrawn)
            SELECT min(one), max(other), 'live', 'nobody said this', '', 1, 0, 0, FALSE, FALSE FROM identity_link
            WHERE cut"""),
        Damage.of("match keys wrong", "DELETE FROM match_key WHERE tab = -1"),
        Damage.of("match keys wrong", "DELETE FROM match_key WHERE tab = 0"),
        Damage.of("match keys wrong", "UPDATE match_key SET checks = 'damaged' WHERE tab = 1"),
        Damage.of("activity wrong", "DELETE FROM event WHERE type = 'activity'"),
        Damage.of("customer known wrong", "UPDATE customer SET known = NOT known WHERE number = " + busiest),
        Damage.of("customer missing", "DELETE FROM customer WHERE number = " + busiest),
        Damage.of("memberships of nobody", """
            INSERT INTO segment_membership (customer_number, segment, customer_id, since)
            VALUES (9999999, 'buyers', '00000000-0000-0000-0000-000000000001', 0)"""));
  }

  /// What these destroy stands nowhere else: when a row came, so that its link comes back as the newest one, and which
  /// customer an identity stood for, so that a CustomerId may go to the other side. All follows from the facts again.
  private static List<Damage> damagesThatLoseSomething() {
    return List.of(
        Damage.of("link missing", "DELETE FROM identity_link WHERE source = 'shop.contacts' AND NOT withdrawn"),
        Damage.of("link missing", "DELETE FROM identity_link WHERE source = 'unification'"),
        Damage.of("live match wrong", "DELETE FROM identity_link WHERE source = 'unification live'"),
        Damage.of("customer divided wrong", """
            UPDATE identity SET customer = (SELECT max(other.customer) FROM identity AS other
              WHERE other.namespace = 'anonymous_id' AND other.customer <> identity.customer)
            WHERE namespace = 'user_id' AND value = 'u1'"""));
  }

  /// Events with merges, shared devices and several sign-ins on one of them, and two refreshes between which rows of
  /// every table change, come and go.
  private static void live(TestPortrait portrait, Path home, Random random) throws IOException {
    tables(home, random, 0);
    portrait.apply(DEFINITIONS);
    for (int round = 0; round < 3; round++) {
      for (int batch = 0; batch < 4; batch++) {
        var messages = new ArrayList<String>();
        for (int i = 0; i < 25; i++) {
          messages.add(message(random, "%d-%d-%d".formatted(round, batch, i), portrait));
        }
        assertEquals(200, portrait.collect("/v1/batch", "{\"batch\": [" + String.join(",", messages) + "]}")
            .statusCode());
        portrait.pass(Duration.ofMinutes(random.nextInt(3_000)));
      }
      if (round < 2) {
        portrait.refresh();
        tables(home, random, round + 1);
      }
    }
    portrait.refresh();
    portrait.collect("/v1/identify", """
        {"messageId": "last", "userId": "u1", "anonymousId": "a1", "traits": {"plan": "gold", "city": "Lyon"}}""");
    // A rule matches this one at once, with a row that every such home has.
    portrait.collect("/v1/identify", """
        {"messageId": "mail", "userId": "u90", "traits": {"email": "p2@example.com"}}""");
    portrait.pass(Duration.ZERO);
  }

  private static void tables(Path home, Random random, int round) throws IOException {
    var contacts = new ArrayList<>(List.of("id,name,email,login"));
    var loyalty = new ArrayList<>(List.of("card,mail,points"));
    var orders = new ArrayList<>(List.of("order_id,contact,at,total", "o,1,2026-11-01 10:00:00,20"));
    for (int person = 0; person < PEOPLE; person++) {
      if (person == 1 || random.nextInt(4) > 0) {
        contacts.add("%d,Name %d,p%d@example.com,%s".formatted(person, person + round, random.nextInt(PEOPLE),
            person == 1 || random.nextBoolean() ? "u" + person : ""));
      }
      if (random.nextBoolean()) {
        loyalty.add("c%d,P%d@example.com,%d".formatted(person, random.nextInt(PEOPLE), random.nextInt(100)));
      }
      orders.add("o%d-%d,%d,2026-11-%02d 10:00:00,%d".formatted(person, random.nextInt(2), person,
          1 + random.nextInt(20), random.nextInt(20)));
    }
    contacts.add("99,Someone,p%d@example.com,".formatted(round));
    loyalty.add("c99,P%d@Example.com,5".formatted(round));
    Files.write(home.resolve("contacts.csv"), contacts);
    Files.write(home.resolve("loyalty.csv"), loyalty);
    Files.write(home.resolve("orders.csv"), orders);
  }

  private static String message(Random random, String id, TestPortrait portrait) {
    String anonymous = "\"anonymousId\": \"a%d\"".formatted(random.nextInt(12));
    String user = "\"userId\": \"u%d\"".formatted(random.nextInt(PEOPLE));
    String who = List.of(anonymous, user, anonymous + ", " + user).get(random.nextInt(3));
    String head = "{\"messageId\": \"%s\", \"timestamp\": \"%s\", ".formatted(id,
        portrait.now().minus(Duration.ofMinutes(random.nextInt(3_000))));
    return head + switch (random.nextInt(8)) {
      case 3 ->
        "\"type\": \"identify\", %s, \"traits\": {\"plan\": null, \"address\": {\"city\": \"c%d\"}, \"tags\": [1, \"x\"]}}"
            .formatted(who, random.nextInt(9));
      case 4 -> "\"type\": \"group\", \"groupId\": \"g%d\", %s, \"traits\": {\"name\": \"G\"}}".formatted(
          random.nextInt(4), who);
      case 5 -> "\"type\": \"identify\", %s, \"context\": {\"consent\": {\"categoryPreferences\": {\"mail\": null}}}}"
          .formatted(who);
      case 2 -> """
          "type": "page", %s, "name": "Home", "context": {"consent": {"categoryPreferences": {"newsletter": %b}}}}"""
          .formatted(who, random.nextBoolean());
      case 0 -> "\"type\": \"identify\", %s, \"traits\": {\"plan\": \"%s\", \"n\": %d}}".formatted(who,
          random.nextBoolean() ? "gold" : "free", random.nextInt(100));
      case 1 -> "\"type\": \"alias\", \"previousId\": \"a%d\", %s}".formatted(random.nextInt(12), user);
      default -> "\"type\": \"track\", \"event\": \"Opened\", %s}".formatted(who);
    };
  }

  private static void execute(DatabaseSettings store, String sql) {
    try (var database = Database.open(store, Wiring.MIGRATIONS)) {
      assertTrue(database.write(transaction -> transaction.update(sql)) > 0, sql);
    }
  }

  /// What is answered about everybody, by every identity there is.
  private static Map<Identity, Portrait> everybody(TestPortrait portrait) {
    var identities = portrait.parts().database().read(transaction -> transaction
        .query("SELECT namespace, value FROM identity ORDER BY namespace, value",
            row -> new Identity(row.text(1), row.text(2))));
    return identities.stream().filter(identity -> portrait.parts().live().find(identity).isPresent())
        .collect(Collectors.toMap(identity -> identity,
            identity -> portrait.parts().live().find(identity).orElseThrow(), (one, _) -> one, TreeMap::new));
  }
}
