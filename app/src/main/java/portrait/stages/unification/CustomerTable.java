package portrait.stages.unification;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import portrait.foundation.model.ColumnType;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.events.Event;
import portrait.stages.policies.MergePolicy;
import portrait.stages.policies.MergePolicy.How;
import portrait.stages.policies.MergePolicy.Rule;

/// Builds the table `Customer`: one row per customer that some fact is about.
///
/// The merge here is the SQL twin of the merge of one customer in `profiles`; a differential test holds them together.
/// Rows of tables are laid under each other with the union of their attributes, and one GROUP BY picks each attribute's
/// winner with `max_by` over a total order. What applications sent live comes attribute by attribute, because each has
/// a time of its own; its winner is then weighed against the tables' winner. Attributes of a group are decided as one.
final class CustomerTable {

  /// Columns that every row has; no attribute may be named so.
  static final Set<String> RESERVED = Set.of("customerid", "known", "firstseen", "lastseen", "previouscustomerid");
  private static final int LIVE_ATTRIBUTES_MAX = 300;

  private final WarehouseSession session;
  private final MergePolicy policy;
  private final List<UnifiedSource> sources;
  /// Type of each attribute that a table has.
  private final Map<String, ColumnType> tableAttributes = new LinkedHashMap<>();
  /// Type of each attribute that was sent live, where its name is free.
  private final Map<String, ColumnType> liveAttributes = new TreeMap<>();
  private final List<String> leftOut = new ArrayList<>();
  private final List<Unit> units;
  /// Every order of importance that some rule has.
  private final List<List<String>> orders;

  /// Attributes that are decided together: those of a group, or one alone.
  ///
  /// @param rows those that a table has, numbered by their place
  /// @param live those that were sent live
  private record Unit(int place, Rule rule, List<String> rows, List<String> live) {

    /// Whether the tables' winner is nothing but one value.
    boolean isPlain() {
      return rows.size() == 1 && live.isEmpty();
    }
  }

  CustomerTable(WarehouseSession session, MergePolicy policy, List<UnifiedSource> sources) {
    this.session = session;
    this.policy = policy;
    this.sources = sources;
    for (var source : sources) {
      source.attributes().forEach((attribute, column) -> tableAttributes.merge(attribute, column.type(),
          CustomerTable::common));
    }
    session.each(Sql.of("""
        SELECT name, CASE WHEN count(DISTINCT type) = 1 THEN min(type)
          WHEN count_if(type NOT IN ('INTEGER', 'NUMBER')) = 0 THEN 'NUMBER' ELSE 'STRING' END
        FROM %s WHERE value IS NOT NULL GROUP BY name ORDER BY name""".formatted(Identities.LIVE_TRAITS)),
        row -> live(row.text(1), ColumnType.valueOf(row.text(2))));
    this.units = units();
    this.orders = units.stream().map(unit -> unit.rule().order()).distinct().toList();
  }

  private List<Unit> units() {
    var found = new ArrayList<Unit>();
    var grouped = new HashSet<String>();
    for (String attribute : attributes()) {
      if (grouped.contains(attribute)) {
        continue;
      }
      var group = policy.groupOf(attribute);
      var names = group.map(MergePolicy.Group::attributes).orElse(List.of(attribute));
      var rule = group.map(MergePolicy.Group::rule).orElseGet(() -> policy.of(attribute));
      var live = rule.takes(Event.LIVE) ? names.stream().filter(liveAttributes::containsKey).toList()
          : List.<String>of();
      found.add(new Unit(found.size(), rule, names.stream().filter(tableAttributes::containsKey).toList(), live));
      grouped.addAll(names);
    }
    return found;
  }

  /// Sources in an order of importance: those listed, then the others by name.
  private Map<String, Integer> ranks(List<String> order) {
    var all = new TreeSet<String>(sources.stream().map(UnifiedSource::name).toList());
    all.add(Event.LIVE);
    var rule = new Rule(How.IMPORTANCE, order, false);
    var sorted = all.stream().sorted(Comparator.comparingInt(rule::rank).thenComparing(Comparator.naturalOrder()))
        .toList();
    return sorted.stream().collect(Collectors.toMap(source -> source, sorted::indexOf));
  }

  /// The type that holds the values of two columns.
  private static ColumnType common(ColumnType one, ColumnType other) {
    if (one == other) {
      return one;
    }
    boolean numbers = Set.of(ColumnType.INTEGER, ColumnType.NUMBER).containsAll(List.of(one, other));
    return numbers ? ColumnType.NUMBER : ColumnType.STRING;
  }

  /// Column names are told apart ignoring case; what applications send is not.
  private void live(String attribute, ColumnType type) {
    if (tableAttributes.containsKey(attribute)) {
      liveAttributes.put(attribute, tableAttributes.get(attribute));
      return;
    }
    String lower = attribute.toLowerCase(Locale.ROOT);
    boolean taken = RESERVED.contains(lower)
        || tableAttributes.keySet().stream().anyMatch(attribute::equalsIgnoreCase)
        || liveAttributes.keySet().stream().anyMatch(attribute::equalsIgnoreCase)
        || sources.stream().anyMatch(source -> lower.startsWith(source.keyName().toLowerCase(Locale.ROOT)));
    if (taken || liveAttributes.size() >= LIVE_ATTRIBUTES_MAX) {
      leftOut.add(attribute);
    } else {
      liveAttributes.put(attribute, type);
    }
  }

  /// Live attributes that got no column of their own.
  List<String> leftOut() {
    return leftOut;
  }

  /// Replaces the table.
  ///
  /// @param facts queries for the other facts: number of the identity they hang on, times of the first and the last
  /// @return how many customers there are
  long build(List<Sql> facts) {
    mergeRows();
    mergeLive();
    var columns = new ArrayList<Sql>();
    columns.add(Sql.of("customer.customer AS \"CustomerId\""));
    attributes().forEach(attribute -> columns.add(Sql.format("{} AS {}", value(attribute), Sql.name(attribute))));
    columns.add(Sql.of("customer.known AS \"Known\", "
        + "least(customer.first_seen, happened.first) AS \"FirstSeen\", "
        + "greatest(customer.last_seen, happened.last) AS \"LastSeen\", previous.ids AS \"PreviousCustomerId\""));
    for (var source : sources) {
      columns.add(Sql.format("{} AS {}, {} AS {}", keyColumn(source, "key"), Sql.name(source.keyName()),
          keyColumn(source, "alternate"), Sql.name(source.keyName() + "_Alternate")));
    }
    session.execute(Sql.format("""
        CREATE OR REPLACE TEMP TABLE _happened AS
        SELECT customer, min(fact.first) AS first, max(fact.last) AS last
        FROM (SELECT 0 AS number, CAST(NULL AS TIMESTAMP) AS first, CAST(NULL AS TIMESTAMP) AS last WHERE false{})
          AS fact JOIN %s AS assignment USING (number) GROUP BY customer""".formatted(Identities.ASSIGNMENTS),
        Sql.join("", facts.stream().map(fact -> Sql.format(" UNION ALL {}", fact)).toList())));
    session.execute(Sql.format("""
        CREATE OR REPLACE TABLE "Customer" AS
        SELECT {}
        FROM (SELECT customer, bool_or(known) AS known, min(first_seen) AS first_seen, max(last_seen) AS last_seen
              FROM %s GROUP BY customer) AS customer
        LEFT JOIN _merged_rows AS batch USING (customer)
        LEFT JOIN _merged_live AS live USING (customer)
        LEFT JOIN (SELECT customer, string_agg(previous, ';' ORDER BY previous) AS ids FROM %s GROUP BY customer)
          AS previous USING (customer)
        LEFT JOIN _happened AS happened USING (customer)
        WHERE batch.customer IS NOT NULL OR live.customer IS NOT NULL OR happened.customer IS NOT NULL"""
        .formatted(Identities.ASSIGNMENTS, Identities.PREVIOUS), Sql.join(", ", columns)));
    return session.first(Sql.of("SELECT count(*) FROM \"Customer\""), row -> row.number(1)).orElseThrow();
  }

  private List<String> attributes() {
    var names = new ArrayList<>(tableAttributes.keySet());
    liveAttributes.keySet().stream().filter(name -> !tableAttributes.containsKey(name)).forEach(names::add);
    return names;
  }

  /// `_merged_rows`: per customer, each unit's winner among the tables, and the keys of its rows.
  private void mergeRows() {
    if (sources.isEmpty()) {
      session.execute("CREATE OR REPLACE TEMP TABLE _merged_rows (customer VARCHAR)");
      return;
    }
    var names = List.copyOf(tableAttributes.keySet());
    var parts = new ArrayList<Sql>();
    for (var source : sources) {
      var columns = source.attributes();
      var values = new ArrayList<Sql>();
      for (int order = 0; order < orders.size(); order++) {
        values.add(Sql.of("%d AS rank%d".formatted(ranks(orders.get(order)).get(source.name()), order)));
      }
      for (int place = 0; place < names.size(); place++) {
        var column = columns.get(names.get(place));
        String type = typeName(tableAttributes.getOrDefault(names.get(place), ColumnType.STRING));
        values.add(column == null
            ? Sql.of("CAST(NULL AS " + type + ") AS a" + place)
            : Sql.format("CAST(record.{} AS " + type + ") AS a" + place, Sql.name(column.name())));
      }
      parts.add(Sql.format("""
          SELECT assignment.customer, assignment.number, %d AS tab, record._updated AS said, record._key AS key, record._filled AS filled{}
          FROM (SELECT {} AS _key, {} AS _updated, {} AS _filled, * FROM {}) AS record
          JOIN (SELECT key FROM %s WHERE source = {}) AS state ON state.key = record._key
          JOIN (SELECT * FROM %s WHERE namespace = {}) AS assignment ON assignment.value = record._key"""
          .formatted(source.rank(), Records.STATE, Identities.ASSIGNMENTS),
          Sql.join("", values.stream().map(value -> Sql.format(", {}", value)).toList()), source.key(),
          source.updated(), source.filled(), source.from(), Sql.of("?", source.name()),
          Sql.of("?", source.table().namespace())));
    }
    var merged = new ArrayList<String>();
    units.stream().filter(unit -> !unit.rows().isEmpty()).forEach(unit -> merged.add(mergedRows(unit, names)));
    for (var source : sources) {
      merged.add(
          "max_by(key, (filled, key)) FILTER (tab = %1$d) AS key_%1$d, list(key ORDER BY key) FILTER (tab = %1$d) AS keys_%1$d"
              .formatted(source.rank()));
    }
    session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE _merged_rows AS SELECT customer, "
        + String.join(", ", merged) + " FROM ({}) GROUP BY customer", Sql.join(" UNION ALL ", parts)));
  }

  private String mergedRows(Unit unit, List<String> names) {
    var values = unit.rows().stream().map(attribute -> "a" + names.indexOf(attribute)).toList();
    String rank = rank(unit);
    String takes = values.stream().map(value -> value + " IS NOT NULL").collect(Collectors.joining(" OR "));
    if (unit.rule().listedOnly()) {
      var places = sources.stream().filter(source -> unit.rule().takes(source.name()))
          .map(source -> String.valueOf(source.rank())).toList();
      takes = places.isEmpty() ? "false" : "(%s) AND tab IN (%s)".formatted(takes, String.join(", ", places));
    }
    String value = unit.isPlain() ? values.getFirst()
        : "struct_pack(%s, said := said, rank := %s)".formatted(IntStream.range(0, values.size())
            .mapToObj(place -> "v%d := %s".formatted(place, values.get(place))).collect(Collectors.joining(", ")),
            rank);
    return "max_by(%s, %s) FILTER (%s) AS u%d".formatted(value, order(unit.rule(), rank), takes, unit.place());
  }

  private String rank(Unit unit) {
    return "rank" + orders.indexOf(unit.rule().order());
  }

  /// The greatest of this order wins. Values without a time are the oldest for "most recent" and the newest for "least
  /// recent": they never win against one that has a time.
  private static String order(Rule rule, String rank) {
    return switch (rule.how()) {
      case IMPORTANCE -> "(-%s, coalesce(epoch_us(said), -9223372036854775807), -number)".formatted(rank);
      case MOST_RECENT -> "(coalesce(epoch_us(said), -9223372036854775807), -%s, -number)".formatted(rank);
      case LEAST_RECENT -> "(-coalesce(epoch_us(said), 9223372036854775807), -%s, -number)".formatted(rank);
    };
  }

  /// `_merged_live`: per customer, each unit's winner among what applications sent, empty values included.
  private void mergeLive() {
    String sent = Identities.LIVE_TRAITS + " JOIN (SELECT number, customer FROM " + Identities.ASSIGNMENTS
        + ") AS assignment USING (number)";
    var alone = new ArrayList<Sql>();
    var together = new ArrayList<Sql>();
    for (var unit : units) {
      if (unit.live().size() == 1) {
        String name = unit.live().getFirst();
        alone.add(Sql.of(", max_by(struct_pack(v0 := TRY_CAST(value AS %s), said := said), %s) FILTER (name = ?) AS u%d"
            .formatted(liveType(name), liveOrder(unit), unit.place()), name));
      } else if (!unit.live().isEmpty()) {
        together.add(Sql.format(" LEFT JOIN ({}) AS group%d USING (customer)".formatted(unit.place()),
            mergedLive(unit, sent)));
      }
    }
    session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE _merged_live AS SELECT * FROM (SELECT customer{} FROM "
        + sent + " GROUP BY customer) AS alone{}", Sql.join("", alone), Sql.join("", together)));
  }

  /// The winner of a group among the identities that something was sent about.
  private Sql mergedLive(Unit unit, String sent) {
    var values = new ArrayList<Sql>();
    var packed = new ArrayList<String>();
    for (int place = 0; place < unit.live().size(); place++) {
      String name = unit.live().get(place);
      values.add(Sql.of(", any_value(TRY_CAST(value AS %s)) FILTER (name = ?) AS v%d".formatted(liveType(name), place),
          name));
      packed.add("v%1$d := v%1$d".formatted(place));
    }
    var names = Sql.join(", ", unit.live().stream().map(name -> Sql.of("?", name)).toList());
    return Sql.format("""
        SELECT customer, max_by(struct_pack(%s, said := said), %s) AS u%d
        FROM (SELECT customer, number, max(said) AS said{} FROM %s WHERE name IN ({}) GROUP BY customer, number)
        GROUP BY customer""".formatted(String.join(", ", packed), liveOrder(unit), unit.place(), sent),
        Sql.join("", values), names);
  }

  private String liveType(String attribute) {
    return typeName(liveAttributes.getOrDefault(attribute, ColumnType.STRING));
  }

  private static String liveOrder(Unit unit) {
    return unit.rule().how() == How.LEAST_RECENT ? "(-coalesce(epoch_us(said), 9223372036854775807), -number)"
        : "(coalesce(epoch_us(said), -9223372036854775807), -number)";
  }

  private Sql value(String attribute) {
    var unit = units.stream().filter(each -> each.rows().contains(attribute) || each.live().contains(attribute))
        .findFirst();
    if (unit.isEmpty()) {
      return Sql.of("CAST(NULL AS %s)".formatted(liveType(attribute)));
    }
    String batch = "batch.u" + unit.get().place();
    String live = "live.u" + unit.get().place();
    int row = unit.get().rows().indexOf(attribute);
    int sent = unit.get().live().indexOf(attribute);
    String rowValue = row < 0 ? "NULL" : unit.get().isPlain() ? batch : "%s.v%d".formatted(batch, row);
    String liveValue = sent < 0 ? "NULL" : "%s.v%d".formatted(live, sent);
    if (unit.get().live().isEmpty()) {
      return Sql.of(rowValue);
    }
    if (unit.get().rows().isEmpty()) {
      return Sql.of(liveValue);
    }
    return Sql.of("CASE WHEN %2$s IS NULL THEN %3$s WHEN %1$s IS NULL THEN %4$s WHEN %5$s THEN %4$s ELSE %3$s END"
        .formatted(batch, live, rowValue, liveValue, liveWins(unit.get(), batch, live)));
  }

  private String liveWins(Unit unit, String row, String live) {
    String ahead = ranks(unit.rule().order()).get(Event.LIVE) + " < " + row + ".rank";
    String rowAt = "coalesce(epoch_us(" + row + ".said), %s)";
    String liveAt = "coalesce(epoch_us(" + live + ".said), %s)";
    return switch (unit.rule().how()) {
      case IMPORTANCE -> unit.rule().weighsLiveByTime() ? oldest(liveAt) + " >= " + oldest(rowAt) : ahead;
      case MOST_RECENT -> "(%1$s > %2$s OR %1$s = %2$s AND %3$s)".formatted(oldest(liveAt), oldest(rowAt), ahead);
      case LEAST_RECENT -> "(%1$s < %2$s OR %1$s = %2$s AND %3$s)".formatted(newest(liveAt), newest(rowAt), ahead);
    };
  }

  private static String oldest(String time) {
    return time.formatted("-9223372036854775807");
  }

  private static String newest(String time) {
    return time.formatted("9223372036854775807");
  }

  private static Sql keyColumn(UnifiedSource source, String which) {
    return Sql.of(which.equals("key")
        ? "batch.key_" + source.rank()
        : "nullif(array_to_string(list_filter(batch.keys_%1$d, lambda k: k <> batch.key_%1$d), ';'), '')"
            .formatted(source.rank()));
  }

  private static String typeName(ColumnType type) {
    return switch (type) {
      case STRING -> "VARCHAR";
      case INTEGER -> "BIGINT";
      case NUMBER -> "DOUBLE";
      case BOOLEAN -> "BOOLEAN";
      case DATE -> "DATE";
      case TIMESTAMP -> "TIMESTAMP";
      case JSON -> "JSON";
    };
  }
}
