package portrait.stages.unification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import portrait.TestPortrait;
import portrait.foundation.warehouse.Sql;

/// CustomerIds outlive runs, new rows and other rules; customers are a function of the rows, whatever their order.
class StableIdsTest {

  private static final String DEFINITIONS = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: a, path: a.csv, key: id, columns: [ { name: id }, { name: name }, { name: city }, { name: mail } ] }
          - { name: b, path: b.csv, key: id, columns: [ { name: id }, { name: name }, { name: city }, { name: mail } ] }
      ---
      kind: Unification
      name: customers
      spec:
        tables: [ { table: shop.a }, { table: shop.b, deduplicate: { by_default: false } } ]
        rules_tried: all
        rules:
          - { name: mail, left: shop.b, right: shop.a, conditions: [ { column: mail } ] }
          - { name: twice, left: shop.a, right: shop.a, conditions: [ { column: mail } ] }
      """;
  private static final String ALIKE = """
          - { name: alike, left: shop.b, right: shop.a, conditions: [ { column: city }, { column: name, precision: 75 } ] }
      """;

  @TempDir
  Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void idsOutliveRunsRowsAndRules(long seed) throws IOException {
    var random = new Random(seed);
    var a = rows(random, "a", 60);
    var b = rows(random, "b", 60);
    var first = home("first");
    write(first, "a", a);
    write(first, "b", b);
    try (var portrait = TestPortrait.in(first)) {
      portrait.apply(DEFINITIONS);
      portrait.refresh();
      var ids = ids(portrait);
      assertTrue(new HashSet<>(ids.values()).size() < ids.size(), "nobody matched, seed " + seed);

      var unrelated = new ArrayList<>(a);
      for (int number = 0; number < 20; number++) {
        unrelated.add("new%d,Nobody %d,Nowhere,nobody%d@example.net".formatted(number, number, number));
      }
      Collections.shuffle(unrelated, random);
      write(first, "a", unrelated);
      portrait.refresh();
      var after = ids(portrait);
      ids.forEach((record, id) -> assertEquals(id, after.get(record), "seed %d, %s".formatted(seed, record)));

      portrait.apply(DEFINITIONS + ALIKE);
      portrait.refresh();
      var merged = ids(portrait);
      var known = new HashSet<>(after.values());
      assertTrue(known.containsAll(merged.values()), "a new rule makes no id, seed " + seed);
      assertTrue(new HashSet<>(merged.values()).size() < known.size(), "the new rule merged nobody, seed " + seed);

      portrait.apply(DEFINITIONS);
      portrait.refresh();
      // A part that leaves takes back one of the ids its records had; which one, the graph decides.
      assertEquals(groups(after), groups(ids(portrait)), "without the rule it is as before, seed " + seed);
    }

    Collections.shuffle(a, random);
    Collections.shuffle(b, random);
    var second = home("second");
    write(second, "a", a);
    write(second, "b", b);
    try (var one = TestPortrait.in(home("third", a, b)); var other = TestPortrait.in(second)) {
      for (var portrait : List.of(one, other)) {
        portrait.apply(DEFINITIONS + ALIKE);
        portrait.refresh();
      }
      assertEquals(groups(ids(one)), groups(ids(other)), "seed " + seed);
    }
  }

  private static List<String> rows(Random random, String table, int count) {
    var rows = new ArrayList<String>();
    for (int number = 0; number < count; number++) {
      rows.add("%s%d,%s,%s,%s".formatted(table, number, name(random),
          List.of("Lyon", "Paris", "Nice").get(random.nextInt(3)),
          random.nextInt(4) == 0 ? "" : "m%d@example.com".formatted(random.nextInt(60))));
    }
    return rows;
  }

  private static String name(Random random) {
    var name = new StringBuilder(List.of("Dupont", "Durand", "Martin", "Moreau").get(random.nextInt(4)) + " "
        + List.of("Marie", "Paul", "Amelie").get(random.nextInt(3)));
    if (random.nextInt(3) == 0) {
      name.setCharAt(random.nextInt(name.length()), 'x');
    }
    return name.toString();
  }

  private Path home(String name) throws IOException {
    return Files.createDirectory(folder.resolve(name));
  }

  private Path home(String name, List<String> a, List<String> b) throws IOException {
    var home = home(name);
    write(home, "a", a.stream().sorted().toList());
    write(home, "b", b.stream().sorted().toList());
    return home;
  }

  private static void write(Path home, String table, List<String> rows) throws IOException {
    Files.writeString(home.resolve(table + ".csv"), "id,name,city,mail\n" + String.join("\n", rows) + "\n");
  }

  /// Customer by record.
  private static Map<String, String> ids(TestPortrait portrait) {
    var ids = new TreeMap<String, String>();
    portrait.parts().warehouse().read(session -> session.query(Sql.of("""
        SELECT value, customer FROM _identity_assignment WHERE namespace IN ('shop.a', 'shop.b')"""),
        row -> ids.put(row.text(1), row.text(2))));
    return ids;
  }

  private static Set<Set<String>> groups(Map<String, String> ids) {
    var groups = new TreeMap<String, Set<String>>();
    ids.forEach((record, id) -> groups.computeIfAbsent(id, _ -> new TreeSet<>()).add(record));
    return new HashSet<>(groups.values());
  }
}
