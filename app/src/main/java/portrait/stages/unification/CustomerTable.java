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
import portrait.foundation.warehouse.ColumnTypes;
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
  /// What enrichments added: the attributes of each, by its source.
  private final Map<String, Set<String>> added = new TreeMap<>();

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
    readAdded();
    session.each(Sql.of("""
        SELECT name, CASE WHEN count(DISTINCT type) = 1 THEN min(type)
          WHEN bool_or(type = 'JSON') THEN 'JSON'
          WHEN count_if(type NOT IN ('INTEGER', 'NUMBER')) = 0 THEN 'NUMBER' ELSE 'STRING' END
        FROM %s WHERE value IS NOT NULL GROUP BY name ORDER BY name""".formatted(Identities.LIVE_TRAITS)),
        row -> live(row.text(1), ColumnType.valueOf(row.text(2))));
    this.units = units();
    this.orders = units.stream().map(unit -> unit.rule().order()).distinct().toList();
  }

  /// What enrichments added takes part like rows of tables, each in its place in the order of importance.
  private void readAdded() {
    if (!session.exists(Identities.ADDED_TRAITS)) {
      return;
    }
    session.each(Sql.of("""
        SELECT source, name, CASE WHEN count(DISTINCT type) = 1 THEN min(type)
          WHEN count_if(type NOT IN ('INTEGER', 'NUMBER')) = 0 THEN 'NUMBER' ELSE 'STRING' END
        FROM %s WHERE value IS NOT NULL GROUP BY source, name ORDER BY source, name""".formatted(
        Identities.ADDED_TRAITS)), row -> {
          String attribute = row.text(2);
          boolean isKnown = tableAttributes.containsKey(attribute);
          if (!isKnown && isTaken(attribute)) {
            leftOut.add(attribute);
          } else {
            added.computeIfAbsent(row.text(1), _ -> new TreeSet<>()).add(attribute);
            tableAttributes.merge(attribute, ColumnType.valueOf(row.text(3)), CustomerTable::common);
          }
        });
  }

  /// Column names are told apart ignoring case; names of attributes are not.
  private boolean isTaken(String attribute) {
    String lower = attribute.toLowerCase(Locale.ROOT);
    return RESERVED.contains(lower)
        || tableAttributes.keySet().stream().anyMatch(attribute::equalsIgnoreCase)
        || liveAttributes.keySet().stream().anyMatch(attribute::equalsIgnoreCase)
        || sources.stream().anyMatch(source -> lower.startsWith(source.keyName().toLowerCase(Locale.ROOT)));
  }

  /// The sources of attributes by their place: tables first, then enrichments.
  private Map<String, Integer> places() {
    var places = new LinkedHashMap<String, Integer>();
    sources.forEach(source -> places.put(source.name(), source.rank()));
    int next = tablePlaces();
    for (String source : added.keySet()) {
      places.put(source, next++);
    }
    return places;
  }

  /// Places from this one on are those of enrichments.
  private int tablePlaces() {
    return sources.stream().mapToInt(UnifiedSource::rank).max().orElse(-1) + 1;
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
    var all = new TreeSet<String>(places().keySet());
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
    if (one == ColumnType.JSON || other == ColumnType.JSON) {
      return ColumnType.JSON;
    }
    boolean numbers = Set.of(ColumnType.INTEGER, ColumnType.NUMBER).containsAll(List.of(one, other));
    return numbers ? ColumnType.NUMBER : ColumnType.STRING;
  }

  private void live(String attribute, ColumnType type) {
    if (tableAttributes.containsKey(attribute)) {
      // A list that was sent stays one.
      var both = type == ColumnType.JSON ? type : tableAttributes.get(attribute);
      tableAttributes.put(attribute, both);
      liveAttributes.put(attribute, both);
      return;
    }
    if (isTaken(attribute) || liveAttributes.size() >= LIVE_ATTRIBUTES_MAX) {
      leftOut.add(attribute);
    } else {
      liveAttributes.put(attribute, type);
    }
  }

  /// Live and added attributes that got no column of their own.
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
        // As the live evaluation has it: the key ring says when records were read, which counts for those who did nothing.
        + "coalesce(happened.last, customer.last_seen) AS \"LastSeen\", previous.ids AS \"PreviousCustomerId\""));
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
        WHERE batch.is_fact OR live.customer IS NOT NULL OR happened.customer IS NOT NULL"""
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
    if (sources.isEmpty() && added.isEmpty()) {
      session.execute("CREATE OR REPLACE TEMP TABLE _merged_rows (customer VARCHAR, is_fact BOOLEAN)");
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
        var type = tableAttributes.getOrDefault(names.get(place), ColumnType.STRING);
        // A cast to JSON would read text as JSON.
        boolean isPutIn = type == ColumnType.JSON && column != null && column.type() != ColumnType.JSON;
        values.add(column == null
            ? Sql.of("CAST(NULL AS " + ColumnTypes.name(type) + ") AS a" + place)
            : Sql.format(
                (isPutIn ? "to_json(record.{})" : "CAST(record.{} AS " + ColumnTypes.name(type) + ")") + " AS a"
                    + place,
                Sql.name(column.name())));
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
    added.forEach((source, attributes) -> parts.add(addedRows(source, attributes, names)));
    var merged = new ArrayList<String>();
    merged.add("bool_or(tab < %d) AS is_fact".formatted(tablePlaces()));
    units.stream().filter(unit -> !unit.rows().isEmpty()).forEach(unit -> merged.add(mergedRows(unit, names)));
    for (var source : sources) {
      merged.add(
          "max_by(key, (filled, key)) FILTER (tab = %1$d) AS key_%1$d, list(key ORDER BY key) FILTER (tab = %1$d) AS keys_%1$d"
              .formatted(source.rank()));
    }
    session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE _merged_rows AS SELECT customer, "
        + String.join(", ", merged) + " FROM ({}) GROUP BY customer", Sql.join(" UNION ALL ", parts)));
  }

  /// What an enrichment added, a row for each identity.
  private Sql addedRows(String source, Set<String> attributes, List<String> names) {
    var values = new ArrayList<Sql>();
    for (int order = 0; order < orders.size(); order++) {
      values.add(Sql.of(", %d AS rank%d".formatted(ranks(orders.get(order)).get(source), order)));
    }
    for (int place = 0; place < names.size(); place++) {
      String type = ColumnTypes.name(tableAttributes.getOrDefault(names.get(place), ColumnType.STRING));
      values.add(attributes.contains(names.get(place))
          ? Sql.of(", any_value(TRY_CAST(trait.value AS %s)) FILTER (trait.name = ?) AS a%d".formatted(type, place),
              names.get(place))
          : Sql.of(", CAST(NULL AS %s) AS a%d".formatted(type, place)));
    }
    return Sql.format("""
        SELECT assignment.customer, assignment.number, %d AS tab, max(trait.said) AS said, CAST(NULL AS VARCHAR) AS key,
          0 AS filled{}
        FROM %s AS trait JOIN %s AS assignment USING (number) WHERE trait.source = {}
        GROUP BY assignment.customer, assignment.number""".formatted(places().get(source), Identities.ADDED_TRAITS,
        Identities.ASSIGNMENTS), Sql.join("", values), Sql.of("?", source));
  }

  private String mergedRows(Unit unit, List<String> names) {
    var values = unit.rows().stream().map(attribute -> "a" + names.indexOf(attribute)).toList();
    String rank = rank(unit);
    String takes = values.stream().map(value -> value + " IS NOT NULL").collect(Collectors.joining(" OR "));
    if (unit.rule().listedOnly()) {
      var places = places().entrySet().stream().filter(source -> unit.rule().takes(source.getKey()))
          .map(source -> String.valueOf(source.getValue())).toList();
      takes = places.isEmpty() ? "false" : "(%s) AND tab IN (%s)".formatted(takes, String.join(", ", places));
    }
    String value = unit.isPlain() ? values.getFirst()
        : "struct_pack(%s, said := said, rank := %s)".formatted(IntStream.range(0, values.size())
            .mapToObj(place -> "v%d := %s".formatted(place, values.get(place))).collect(Collectors.joining(", ")),
            rank);
    return "max_by(%s, %s) FILTER (%s) AS u%d".formatted(value, order(unit.rule(), rank, values.getFirst()), takes,
        unit.place());
  }

  private String rank(Unit unit) {
    return "rank" + orders.indexOf(unit.rule().order());
  }

  /// The greatest of this order wins. Values without a time are the oldest for "most recent" and the newest for "least
  /// recent": they never win against one that has a time.
  ///
  /// @param value what a strict order looks at, too
  private static String order(Rule rule, String rank, String value) {
    return switch (rule.how()) {
      case IMPORTANCE -> "(-%s, coalesce(epoch_us(said), -9223372036854775807), -number)".formatted(rank);
      case MOST_RECENT -> "(coalesce(epoch_us(said), -9223372036854775807), -%s, -number)".formatted(rank);
      case STRICT -> "(coalesce(epoch_us(said), -9223372036854775807), %s, -%s, -number)".formatted(strictness(value),
          rank);
      case LEAST_RECENT -> "(-coalesce(epoch_us(said), 9223372036854775807), -%s, -number)".formatted(rank);
    };
  }

  /// As the order of the statuses of consent has it.
  private static String strictness(String value) {
    return "CASE coalesce(CAST(%s AS VARCHAR), 'unknown') WHEN 'granted' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END"
        .formatted(value);
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
        alone.add(Sql.of(", max_by(struct_pack(v0 := %s, said := said), %s) FILTER (name = ?) AS u%d"
            .formatted(liveValue(name), liveOrder(unit), unit.place()), name));
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
      values.add(Sql.of(", any_value(%s) FILTER (name = ?) AS v%d".formatted(liveValue(name), place),
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
    return ColumnTypes.name(liveAttributes.getOrDefault(attribute, ColumnType.STRING));
  }

  private String liveValue(String attribute) {
    String type = liveType(attribute);
    return type.equals("JSON")
        ? "CASE WHEN type IN ('STRING', 'DATE', 'TIMESTAMP') THEN to_json(value) ELSE TRY_CAST(value AS JSON) END"
        : "TRY_CAST(value AS %s)".formatted(type);
  }

  private static String liveOrder(Unit unit) {
    return switch (unit.rule().how()) {
      case LEAST_RECENT -> "(-coalesce(epoch_us(said), 9223372036854775807), -number)";
      case STRICT -> "(coalesce(epoch_us(said), -9223372036854775807), %s, -number)".formatted(strictness("value"));
      case IMPORTANCE, MOST_RECENT -> "(coalesce(epoch_us(said), -9223372036854775807), -number)";
    };
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
      case STRICT -> "(%1$s > %2$s OR %1$s = %2$s AND %3$s > %4$s)".formatted(oldest(liveAt), oldest(rowAt),
          strictness(live + ".v0"), strictness(row + ".v0"));
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
}
