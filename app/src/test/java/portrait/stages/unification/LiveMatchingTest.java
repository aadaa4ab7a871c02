package portrait.stages.unification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.model.Identity;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.sources.LoadListener;
import portrait.stages.sources.LoadMode;
import tools.jackson.databind.JsonNode;

/// Records that come between two refreshes are matched at once, and the refresh agrees.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class LiveMatchingTest {

  private static final String SOURCES = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: a, key: id, columns: [ { name: id }, { name: name }, { name: city }, { name: mail }, { name: size, type: integer } ] }
          - { name: b, key: id, columns: [ { name: id }, { name: name }, { name: town }, { name: mail }, { name: size, type: number } ] }
          - { name: always, key: Table1Key, columns: [ { name: Table1 }, { name: Table1Key }, { name: Table2 }, { name: Table2Key } ] }
          - { name: never, key: Table1Key, columns: [ { name: Table1 }, { name: Table1Key }, { name: Table2 }, { name: Table2Key } ] }
          - { name: bypass, key: Value, columns: [ { name: Value } ] }
      """;
  private static final String TABLES = """
      ---
      kind: Unification
      name: customers
      spec:
        tables:
          - { table: shop.a, attributes: { name: name, city: city, mail: mail, size: size } }
          - { table: shop.b, attributes: { name: name, city: town, mail: mail, size: size } }
        custom:
          - { type: always, table: shop.always }
          - { type: never, table: shop.never }
          - { type: bypass, table: shop.bypass }
      """;
  private static final String SAME_TOWN = TABLES + """
        rules:
          - { name: alike, left: shop.b, right: shop.a, conditions: [ { left: town, right: city, normalise: [lowercase] },
              { column: name, normalise: [lowercase], precision: 75 } ] }
      """;

  @TempDir
  Path folder;
  private final TestDatabases.Product product;

  LiveMatchingTest(TestDatabases.Product product) {
    this.product = product;
  }

  private final AtomicInteger files = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void aRefreshFindsNothingToChange(long seed) throws IOException {
    // Each store sees other cases.
    var random = new Random(seed * TestDatabases.Product.values().length + product.ordinal());
    String definitions = SOURCES + TABLES + rules(random);
    var rows = new TreeMap<String, Map<String, String>>(Map.of("a", rows(random, "a", 30), "b", rows(random, "b", 30)));
    String always = decisions(random, 2);
    // Who is kept apart from whom through others depends on which link is older, so such a run is compared with itself.
    boolean isApart = seed % 2 == 0;
    String never = decisions(random, isApart ? 4 : 0);
    var live = new HashSet<Set<Identity>>();
    try (var portrait = open()) {
      portrait.apply(definitions);
      decide(portrait, always, never);
      var before = new TreeMap<String, Map<String, String>>();
      rows.forEach((table, all) -> before.put(table, earlier(random, table, all)));
      for (String table : before.keySet()) {
        load(portrait, table, before.get(table).values(), LoadMode.REPLACE);
      }
      portrait.refresh();

      var messages = messages(random);
      var changed = new ArrayList<String>();
      rows.forEach((table, all) -> all.forEach((id, row) -> {
        if (!row.equals(before.get(table).get(id))) {
          changed.add(table + ":" + row);
        }
      }));
      changed.addAll(messages.stream().map(message -> "m:" + message).toList());
      Collections.shuffle(changed, random);
      for (String each : changed) {
        String what = each.substring(0, each.indexOf(':'));
        String content = each.substring(each.indexOf(':') + 1);
        if (what.equals("m")) {
          portrait.collect("/v1/identify", content);
        } else {
          assertEquals(1, load(portrait, what, List.of(content), LoadMode.UPSERT), "seed " + seed);
        }
      }
      live.addAll(groups(portrait));
      portrait.pass(Duration.ofHours(2));
      portrait.refresh();
      assertSame(live, groups(portrait), "the refresh after it, seed %d, %s".formatted(seed, definitions));
      portrait.refresh();
      assertSame(live, groups(portrait), "and the next one, seed %d, %s".formatted(seed, definitions));
      never.lines().skip(1).map(line -> line.split(",")).forEach(pair -> assertTrue(live.stream().noneMatch(
          group -> group.containsAll(List.of(new Identity(pair[0], pair[1]), new Identity(pair[2], pair[3])))),
          () -> "seed %d, together: %s".formatted(seed, List.of(pair))));
      // All at once, in another order, on an empty store.
      try (var other = open()) {
        Collections.shuffle(messages, random);
        messages.forEach(message -> other.collect("/v1/identify", message));
        other.apply(definitions);
        decide(other, always, never);
        for (String table : rows.keySet()) {
          load(other, table, rows.get(table).values(), LoadMode.REPLACE);
        }
        other.refresh();
        if (!isApart) {
          assertSame(groups(other), live, "seed %d, %s".formatted(seed, definitions));
        }
      }
    }
    assertTrue(live.stream().anyMatch(group -> group.stream().map(Identity::namespace).distinct().count() > 1
        && group.stream().anyMatch(one -> one.namespace().equals("user_id"))), "no message matched, seed " + seed);
  }

  @Test
  void anEventThatSaysNothingARuleReadsIsNotMatched() throws IOException {
    try (var portrait = open()) {
      prepare(portrait, SAME_TOWN, List.of("a1,Marie Dupont,Lyon,,"), List.of());
      assertEquals(0, asked(portrait));

      portrait.collect("/v1/track", "{\"userId\": \"u1\", \"event\": \"Product Viewed\"}");
      identify(portrait, "u1", "{\"email\": \"marie@example.com\", \"colour\": \"red\"}");
      assertEquals(0, asked(portrait), "the rule reads name, city");

      identify(portrait, "u1", "{\"name\": \"Marie Dupond\", \"city\": \"LYON\"}");
      assertEquals(1, asked(portrait));
    }
  }

  @Test
  void theLinkNamesTheRuleTheScoreAndThatItWasMadeLive() throws IOException {
    try (var portrait = open()) {
      prepare(portrait, SAME_TOWN, List.of("a1,Marie Dupont,Lyon,,", "a2,Paul Durand,Lyon,,"), List.of());
      identify(portrait, "u1", "{\"name\": \"Marie Dupond\", \"city\": \"LYON\"}");

      var links = portrait.get("/api/v1/profiles/user_id/u1/identities").path("links");
      assertEquals(1, links.size());
      var link = links.get(0);
      assertEquals("alike", link.path("rule").asString());
      assertEquals(11 / 12.0, link.path("score").asDouble());
      assertTrue(link.path("live").asBoolean());
      assertEquals("LYON", portrait.get("/api/v1/profiles/shop.a/a1").path("attributes").path("city").asString(),
          "the row has no time, what was sent has");
      var record = portrait.get("/api/v1/profiles/user_id/u1/lineage").path("records");
      assertEquals("live", record.get(0).path("source").asString());
      assertEquals("shop.a", record.get(1).path("source").asString());
      assertEquals("[\"city\",\"name\"]", record.get(0).path("wins").toString());
      assertEquals("[]", record.get(1).path("wins").toString());

      identify(portrait, "u1", "{\"city\": \"Nice\"}");
      assertEquals(0, portrait.get("/api/v1/profiles/user_id/u1/identities").path("links").size(), "moved away");
    }
  }

  @Test
  void peoplesWordHoldsAgainstALiveMatch() throws IOException {
    try (var portrait = open()) {
      prepare(portrait, SAME_TOWN, List.of("a1,Marie Dupont,Lyon,,"), List.of());
      identify(portrait, "u1", "{\"name\": \"Marie Dupond\", \"city\": \"Lyon\"}");
      portrait.exchange("POST", "/api/v1/identities/separate",
          """
          {"one": {"namespace": "user_id", "value": "u1"}, "other": {"namespace": "shop.a", "value": "a1"}, "reason": "twins"}""");
      assertEquals(2, groups(portrait).size());

      identify(portrait, "u1", "{\"name\": \"Marie Dupont\"}");
      assertEquals(2, groups(portrait).size());
      portrait.refresh();
      assertEquals(2, groups(portrait).size());
    }
  }

  @Test
  void aKeyThatTooManyShareWaitsForTheRefreshAndSaysSo() throws IOException {
    try (var portrait = open()) {
      prepare(portrait, SAME_TOWN,
          IntStream.range(0, 60).mapToObj("a%1$d,Person number %1$d of all,Lyon,,"::formatted).toList(), List.of());
      identify(portrait, "u1", "{\"name\": \"Person number 7 of al\", \"city\": \"Lyon\"}");

      assertEquals(61, groups(portrait).size());
      var rule = live(portrait).get(0);
      assertEquals("live", rule.path("standing").asString());
      assertTrue(rule.path("skipped").asInt() > 0);
    }
  }

  @Test
  void rulesThatWaitSayWhy() throws IOException {
    try (var portrait = open()) {
      prepare(portrait, TABLES + """
            rules:
              - { name: rough, left: shop.b, right: shop.a, conditions: [ { column: name, precision: 90 } ] }
              - { name: behind, left: shop.b, right: shop.a, conditions: [ { column: mail } ] }
              - { name: never, live: false, left: shop.a, right: shop.a, conditions: [ { column: mail } ] }
              - { name: within, left: shop.b, right: shop.b, conditions: [ { column: mail } ] }
          """, List.of("a1,Marie Dupont,Lyon,,"), List.of());
      assertEquals("[no_exact_condition, earlier_rule_waits, switched_off, live]", standings(portrait));

      portrait.exchange("POST", "/api/v1/definitions",
          SOURCES + TABLES.replace("  custom:", "  rules_tried: all\n  custom:")
              + "  rules: [ { name: behind, left: shop.b, right: shop.a, conditions: [ { column: mail } ] } ]");
      assertTrue(standings(portrait).startsWith("[not_ready"), standings(portrait));
      portrait.refresh();
      assertTrue(standings(portrait).startsWith("[live"), standings(portrait));
    }
  }

  /// A home of its own.
  private TestPortrait open() throws IOException {
    Path home = home();
    return TestPortrait.in(home, product.settings(home));
  }

  private void prepare(TestPortrait portrait, String unification, List<String> a, List<String> b) throws IOException {
    portrait.apply(SOURCES + unification);
    load(portrait, "a", a, LoadMode.REPLACE);
    load(portrait, "b", b, LoadMode.REPLACE);
    portrait.refresh();
  }

  private static void identify(TestPortrait portrait, String user, String traits) {
    assertEquals(200, portrait.collect("/v1/identify", "{\"userId\": \"%s\", \"traits\": %s}".formatted(user, traits))
        .statusCode());
  }

  private static long asked(TestPortrait portrait) {
    return portrait.parts().matching().asked();
  }

  private static JsonNode live(TestPortrait portrait) {
    return portrait.get("/api/v1/unification").path("live");
  }

  private static String standings(TestPortrait portrait) {
    return live(portrait).valueStream().map(rule -> rule.path("standing").asString()).toList().toString();
  }

  private static String rules(Random random) {
    var rules = new ArrayList<>(List.of(
        "{ name: mail, left: shop.b, right: shop.a, conditions: [ { column: mail, normalise: [lowercase, bypass] } ] }",
        "{ name: alike, left: shop.b, right: shop.a, conditions: [ { left: town, right: city, normalise: [ascii, lowercase] }, "
            + "{ column: name, normalise: [lowercase], precision: %s, compare: %s } ]%s }"
                .formatted(List.of("low", "medium", "high", "85").get(random.nextInt(4)),
                    List.of("edits", "jaro_winkler", "sorted_words").get(random.nextInt(3)),
                    random.nextBoolean() ? "" : ", exceptions: [ { column: mail, differs: true } ]"),
        "{ name: rough, live: true, left: shop.a, right: shop.b, conditions: [ { column: name, normalise: [name, lowercase], precision: 90 } ] }",
        "{ name: size, left: shop.b, right: shop.a, conditions: [ { column: size }, { column: name, precision: medium } ] }",
        "{ name: twice, left: shop.a, right: shop.a, conditions: [ { column: city }, { column: name, precision: high } ] }"));
    Collections.shuffle(rules, random);
    return "  rules_tried: %s\n  rules:\n%s\n".formatted(random.nextBoolean() ? "all" : "until_first_hit",
        rules.subList(0, 2 + random.nextInt(3)).stream().map(rule -> "    - " + rule)
            .collect(Collectors.joining("\n")));
  }

  private static Map<String, String> rows(Random random, String table, int count) {
    var rows = new LinkedHashMap<String, String>();
    IntStream.range(0, count).forEach(number -> rows.put(table + number, row(random, table + number)));
    return rows;
  }

  private static String row(Random random, String id) {
    return "%s,%s,%s,%s,%s".formatted(id, name(random), city(random), mail(random),
        random.nextInt(3) == 0 ? "" : 36 + random.nextInt(12));
  }

  /// What the table held before: some rows are missing, some were others.
  private static Map<String, String> earlier(Random random, String table, Map<String, String> rows) {
    var earlier = new LinkedHashMap<String, String>();
    rows.forEach((id, row) -> {
      int dice = random.nextInt(4);
      if (dice > 0) {
        earlier.put(id, dice == 1 ? row(random, id) : row);
      }
    });
    return earlier;
  }

  private static List<String> messages(Random random) {
    var messages = new ArrayList<String>();
    for (int number = 0; number < 18; number++) {
      messages.add("""
          {"userId": "u%d", "messageId": "m%d", "timestamp": "2026-11-22T10:00:00Z",
           "traits": {"name": "%s", "city": "%s", "mail": "%s", "size": %d}}"""
          .formatted(number, number, name(random), city(random), mail(random), 36 + random.nextInt(12)));
    }
    return messages;
  }

  private static String name(Random random) {
    var name = new StringBuilder(
        List.of("Dupont", "Durand", "Martin", "Moreau", "Petit", "Leroy", "Roux").get(random.nextInt(7)) + " "
            + List.of("Marie", "Paul", "Amelie", "Bill", "William", "Zoe", "Hugo", "Nina").get(random.nextInt(8)));
    for (int edits = random.nextInt(3); edits > 0; edits--) {
      name.setCharAt(random.nextInt(name.length()), (char) ('a' + random.nextInt(26)));
    }
    return name.toString();
  }

  private static String city(Random random) {
    return List.of("Lyon", "LYON", "Orléans", "Orleans", "Nice", "Paris", "Lille", "Rennes").get(random.nextInt(8));
  }

  private static String mail(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> "";
      case 1 -> "n/a";
      default -> "%s%d@example.com".formatted(random.nextBoolean() ? "m" : "M", random.nextInt(120));
    };
  }

  private static String decisions(Random random, int count) {
    return "Table1,Table1Key,Table2,Table2Key\n" + IntStream.range(0, count).mapToObj(
        place -> "shop.a,a%d,shop.b,b%d\n".formatted(random.nextInt(7) + 7 * place, random.nextInt(30)))
        .collect(Collectors.joining());
  }

  private void decide(TestPortrait portrait, String always, String never) throws IOException {
    for (var table : Map.of("always", always, "never", never, "bypass", "Value\nN/A\n").entrySet()) {
      portrait.parts().sources().load("shop." + table.getKey(), List.of(file(table.getValue())), LoadMode.REPLACE,
          LoadListener.silent());
    }
  }

  private int load(TestPortrait portrait, String table, Iterable<String> rows, LoadMode mode) throws IOException {
    return portrait.parts().refresh().load("shop." + table, List.of(file(
        (table.equals("a") ? "id,name,city,mail,size\n" : "id,name,town,mail,size\n") + String.join("\n", rows)
            + "\n")),
        mode).takenIn();
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("file%d.csv".formatted(files.incrementAndGet())), text);
  }

  private Path home() throws IOException {
    return Files.createDirectory(folder.resolve("home" + files.incrementAndGet()));
  }

  private static void assertSame(Set<Set<Identity>> expected, Set<Set<Identity>> found, String message) {
    var missing = new HashSet<>(expected);
    missing.removeAll(found);
    var surplus = new HashSet<>(found);
    surplus.removeAll(expected);
    assertEquals(missing, surplus, message);
  }

  /// Who is one customer: rows, and users who sent something.
  private static Set<Set<Identity>> groups(TestPortrait portrait) {
    var groups = new TreeMap<Long, Set<Identity>>();
    var graph = new IdentityGraph(portrait.parts().definitions());
    portrait.parts().database().read(tx -> {
      graph.forEachAssignment(tx, one -> {
        if (Set.of("shop.a", "shop.b", "user_id").contains(one.identity().namespace())) {
          groups.computeIfAbsent(one.customer().number(), _ -> new TreeSet<>()).add(one.identity());
        }
      });
      return true;
    });
    return new HashSet<>(groups.values());
  }
}
