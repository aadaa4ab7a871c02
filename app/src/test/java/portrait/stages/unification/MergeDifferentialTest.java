package portrait.stages.unification;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.jobs.Progress;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.consent.Status;
import portrait.stages.profiles.Fragment;
import portrait.stages.events.Event;
import portrait.stages.policies.MergePolicy;
import portrait.stages.policies.MergePolicy.Group;
import portrait.stages.policies.MergePolicy.How;
import portrait.stages.policies.MergePolicy.Rule;
import portrait.stages.profiles.Profiles;
import portrait.stages.sources.ColumnDefinition;
import portrait.stages.sources.LoadMode;
import portrait.stages.sources.TableDefinition;
import portrait.stages.sources.readers.CsvOptions;
import portrait.stages.unification.UnificationDefinition.UnifiedTable;

/// The merge of whole tables in SQL gives what the merge of one customer in Java gives, for random records, live
/// attributes, what an enrichment added, and policies.
class MergeDifferentialTest {

  private static final List<String> TABLES = List.of("shop.a", "shop.b", "shop.c");
  private static final String ADDED = "enrichment.facts";
  private static final Map<String, ColumnType> ATTRIBUTES = new LinkedHashMap<>();
  private static final int CUSTOMERS = 40;
  private static final String CONSENT = "consent.newsletter";

  private static final Warehouse WAREHOUSE = Warehouse.open(WarehouseSettings.inMemory());

  static {
    ATTRIBUTES.put("city", ColumnType.STRING);
    ATTRIBUTES.put("points", ColumnType.INTEGER);
    ATTRIBUTES.put("score", ColumnType.NUMBER);
    ATTRIBUTES.put("vip", ColumnType.BOOLEAN);
    ATTRIBUTES.put("born", ColumnType.DATE);
    ATTRIBUTES.put("since", ColumnType.TIMESTAMP);
    ATTRIBUTES.put(CONSENT, ColumnType.STRING);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24})
  void sqlMergesAsJavaDoes(long seed) {
    var random = new Random(seed);
    var policy = policy(random);
    var fragments = fragments(random);

    var merged = WAREHOUSE.write(session -> sql(session, policy, fragments));

    for (int customer = 0; customer < CUSTOMERS; customer++) {
      var own = fragments.getOrDefault(customer, List.of());
      // What an enrichment added makes no customer.
      var expected = own.stream().anyMatch(Fragment::isFact) ? Profiles.merge(own, policy).values() : Map.of();
      assertEquals(expected, merged.getOrDefault(id(customer), Map.of()),
          "seed %d, customer %d, merge %s, fragments %s".formatted(seed, customer, policy, own));
    }
  }

  @AfterAll
  static void close() {
    WAREHOUSE.close();
  }

  /// Some attributes in a group, some with a rule of their own.
  private static MergePolicy policy(Random random) {
    var names = new ArrayList<>(ATTRIBUTES.keySet());
    names.add("only_live");
    Collections.shuffle(names, random);
    int grouped = random.nextInt(4);
    var groups = grouped < 2 ? List.<Group>of() : List.of(new Group(names.subList(0, grouped), rule(random)));
    var alone = names.subList(groups.isEmpty() ? 0 : grouped, names.size());
    var rules = alone.stream().filter(_ -> random.nextBoolean())
        .collect(Collectors.toMap(name -> name, _ -> rule(random)));
    return new MergePolicy("random", "Random", true, rule(random), rules, groups);
  }

  private static Rule rule(Random random) {
    var order = new ArrayList<>(TABLES);
    order.add(Event.LIVE);
    order.add(ADDED);
    Collections.shuffle(order, random);
    return new Rule(How.values()[random.nextInt(3)], order.subList(0, random.nextInt(6)), random.nextInt(4) == 0);
  }

  // The checker does not see the annotation on the record's constructor in a class file.
  @SuppressWarnings("NullAway")
  private static Map<Integer, List<Fragment>> fragments(Random random) {
    var fragments = new HashMap<Integer, List<Fragment>>();
    for (int number = 1; number <= 150; number++) {
      int place = random.nextInt(5);
      boolean isLive = place == 3;
      var attributes = new HashMap<String, @Nullable Object>();
      var times = new HashMap<String, Instant>();
      for (var attribute : ATTRIBUTES.entrySet()) {
        if (random.nextInt(3) > 0) {
          attributes.put(attribute.getKey(), attribute.getKey().equals(CONSENT)
              ? Status.values()[random.nextInt(3)].text()
              : value(attribute.getValue(), random));
        } else if (isLive && random.nextInt(3) == 0 && !attribute.getKey().equals(CONSENT)) {
          attributes.put(attribute.getKey(), null);
        }
        if (isLive && random.nextInt(3) == 0) {
          times.put(attribute.getKey(), time(random));
        }
      }
      if (isLive && random.nextBoolean()) {
        attributes.put("only_live", "v" + random.nextInt(5));
      }
      Instant at = random.nextInt(4) == 0 ? null : time(random);
      fragments.computeIfAbsent(random.nextInt(CUSTOMERS), _ -> new ArrayList<>())
          .add(new Fragment(number, isLive ? "live" : place == 4 ? ADDED : TABLES.get(place), attributes, at, times));
    }
    return fragments;
  }

  private static Object value(ColumnType type, Random random) {
    return switch (type) {
      case STRING, JSON -> "text " + random.nextInt(9);
      case INTEGER -> random.nextLong(100);
      case NUMBER -> random.nextInt(100) / 4.0;
      case BOOLEAN -> random.nextBoolean();
      case DATE -> LocalDate.of(2000, 1, 1).plusDays(random.nextInt(100));
      case TIMESTAMP -> time(random);
    };
  }

  /// Few different moments, so that ties are common.
  private static Instant time(Random random) {
    return Instant.parse("2026-01-01T00:00:00Z").plusSeconds(random.nextInt(4) * 3600L);
  }

  private static String id(int customer) {
    return new UUID(0, customer).toString();
  }

  private static Map<String, Map<String, Object>> sql(WarehouseSession session, MergePolicy policy,
      Map<Integer, List<Fragment>> fragments) {
    session.execute("DROP TABLE IF EXISTS " + Records.STATE);
    session.execute("DROP TABLE IF EXISTS " + Identities.ASSIGNMENTS);
    Records.create(session);
    Identities.create(session);
    var sources = new ArrayList<UnifiedSource>();
    for (int rank = 0; rank < TABLES.size(); rank++) {
      sources.add(source(session, rank));
    }
    insert(session, fragments);
    new CustomerTable(session, policy, sources).build(List.of());
    var merged = new HashMap<String, Map<String, Object>>();
    session.each(Sql.of("SELECT * FROM \"Customer\""), row -> {
      var values = new TreeMap<String, Object>();
      for (int column = 1; column <= row.columns(); column++) {
        String name = row.columnName(column);
        Object value = row.value(column);
        if (value != null && (ATTRIBUTES.containsKey(name) || name.equals("only_live"))) {
          values.put(name, value);
        }
      }
      merged.put(row.text(1), values);
    });
    return merged;
  }

  private static UnifiedSource source(WarehouseSession session, int rank) {
    var columns = new ArrayList<Schema.Column>();
    columns.add(Schema.Column.of("id", ColumnType.STRING));
    ATTRIBUTES.forEach((name, type) -> columns.add(Schema.Column.of(name, type)));
    columns.add(Schema.Column.of("updated", ColumnType.TIMESTAMP));
    String name = TABLES.get(rank).substring(5);
    var table = new TableDefinition("shop", name, name, Optional.empty(), CsvOptions.none(), Optional.empty(),
        Optional.empty(), Optional.empty(),
        List.of("id"), Optional.of("updated"), LoadMode.REPLACE, 0.05,
        columns.stream().map(column -> ColumnDefinition.of(column.name(), column.type())).toList());
    session.create(table.warehouseName(), new Schema(columns));
    var attributes = ATTRIBUTES.keySet().stream().collect(Collectors.toMap(attribute -> attribute, column -> column));
    return UnifiedSource.of(rank, new UnifiedTable(table.fullName(), true, attributes), table, session, Instant.EPOCH)
        .orElseThrow();
  }

  private static void insert(WarehouseSession session, Map<Integer, List<Fragment>> fragments) {
    var rows = new TreeMap<String, List<@Nullable Object[]>>();
    fragments.forEach((customer, own) -> own.forEach(fragment -> {
      String key = "k" + fragment.anchor();
      add(rows, Identities.ASSIGNMENTS, fragment.anchor(), fragment.source(), key, id(customer), (long) customer, true,
          Instant.EPOCH, Instant.EPOCH);
      if (TABLES.contains(fragment.source())) {
        var row = new ArrayList<@Nullable Object>();
        row.add(key);
        ATTRIBUTES.keySet().forEach(name -> row.add(fragment.attributes().get(name)));
        row.add(fragment.at());
        add(rows, fragment.source().replace('.', '_'), row.toArray());
        add(rows, Records.STATE, fragment.source(), key, "same");
      }
    }));
    for (var table : rows.entrySet()) {
      Stream<@Nullable Object[]> some = table.getValue().stream();
      session.append(table.getKey(), some);
    }
    Identities.copyLive(session, use -> fragments.values().stream().flatMap(List::stream)
        .filter(fragment -> fragment.source().equals("live")).forEach(fragment -> fragment.attributes().forEach((name,
            value) -> use.accept(new LiveTrait(fragment.anchor(), name, value, fragment.timeOf(name))))),
        Progress.silent());
    Identities.copyAdded(session, use -> fragments.values().stream().flatMap(List::stream)
        .filter(fragment -> !fragment.isFact()).forEach(fragment -> fragment.attributes().forEach((name, value) -> use
            .accept(new AddedTrait(ADDED, new LiveTrait(fragment.anchor(), name, value, fragment.timeOf(name)))))),
        Progress.silent());
  }

  private static void add(Map<String, List<@Nullable Object[]>> rows, String table, @Nullable Object... row) {
    rows.computeIfAbsent(table, _ -> new ArrayList<>()).add(row);
  }
}
