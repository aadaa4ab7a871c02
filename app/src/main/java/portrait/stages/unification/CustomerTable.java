package portrait.stages.unification;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import portrait.foundation.model.ColumnType;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.unification.UnificationDefinition.Merge;

/// Builds the table `Customer`: one row per customer that some fact is about.
///
/// The merge here is the SQL twin of the merge of one customer in `profiles`; a differential test holds them together.
/// Rows of tables are laid under each other with the union of their attributes, and one GROUP BY picks each attribute's
/// winner with `max_by` over a total order. What applications sent live comes attribute by attribute, because each has
/// a time of its own; its winner is then weighed against the tables' winner.
final class CustomerTable {

  /// Columns that every row has; no attribute may be named so.
  static final Set<String> RESERVED = Set.of("customerid", "known", "firstseen", "lastseen", "previouscustomerid");
  private static final int LIVE_ATTRIBUTES_MAX = 300;

  private final WarehouseSession session;
  private final Merge merge;
  private final List<UnifiedSource> sources;
  private final Map<String, Integer> ranks;
  private final boolean liveApart;
  /// Type of each attribute that a table has.
  private final Map<String, ColumnType> tableAttributes = new LinkedHashMap<>();
  /// Type of each attribute that was sent live, where its name is free.
  private final Map<String, ColumnType> liveAttributes = new TreeMap<>();
  private final List<String> leftOut = new ArrayList<>();

  CustomerTable(WarehouseSession session, Merge merge, List<UnifiedSource> sources) {
    this.session = session;
    this.merge = merge;
    this.sources = sources;
    this.ranks = ranks();
    this.liveApart = !merge.order().contains(Unification.LIVE);
    for (var source : sources) {
      source.attributes().forEach((attribute, column) -> tableAttributes.merge(attribute, column.type(),
          CustomerTable::common));
    }
    session.each(Sql.of("""
        SELECT name, CASE WHEN count(DISTINCT type) = 1 THEN min(type)
          WHEN count_if(type NOT IN ('INTEGER', 'NUMBER')) = 0 THEN 'NUMBER' ELSE 'STRING' END
        FROM %s WHERE value IS NOT NULL GROUP BY name ORDER BY name""".formatted(Identities.LIVE_TRAITS)),
        row -> live(row.text(1), ColumnType.valueOf(row.text(2))));
  }

  /// Sources in the order of importance: those listed, then the others by name.
  private Map<String, Integer> ranks() {
    var all = new TreeSet<String>(sources.stream().map(UnifiedSource::name).toList());
    all.add(Unification.LIVE);
    var sorted = all.stream().sorted(Comparator.comparingInt((String source) -> {
      int place = merge.order().indexOf(source);
      return place < 0 ? merge.order().size() : place;
    }).thenComparing(Comparator.naturalOrder())).toList();
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

  /// `_merged_rows`: per customer, each attribute's winner among the tables, and the keys of its rows.
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
      for (int place = 0; place < names.size(); place++) {
        var column = columns.get(names.get(place));
        String type = typeName(tableAttributes.getOrDefault(names.get(place), ColumnType.STRING));
        values.add(column == null
            ? Sql.of("CAST(NULL AS " + type + ") AS a" + place)
            : Sql.format("CAST(record.{} AS " + type + ") AS a" + place, Sql.name(column.name())));
      }
      parts.add(Sql.format("""
          SELECT assignment.customer, assignment.number, %d AS rank, %d AS tab, record._updated AS said, record._key AS key, record._filled AS filled{}
          FROM (SELECT {} AS _key, {} AS _updated, {} AS _filled, * FROM {}) AS record
          JOIN (SELECT key FROM %s WHERE source = {}) AS state ON state.key = record._key
          JOIN (SELECT * FROM %s WHERE namespace = {}) AS assignment ON assignment.value = record._key"""
          .formatted(ranks.get(source.name()), source.rank(), Records.STATE, Identities.ASSIGNMENTS),
          Sql.join("", values.stream().map(value -> Sql.format(", {}", value)).toList()), source.key(),
          source.updated(), source.filled(), source.from(), Sql.of("?", source.name()),
          Sql.of("?", source.table().namespace())));
    }
    var merged = new ArrayList<String>();
    for (int place = 0; place < names.size(); place++) {
      String order = order(merge.of(names.get(place)));
      String value = "a" + place;
      merged.add(liveAttributes.containsKey(names.get(place))
          ? "max_by(struct_pack(v := %1$s, said := said, rank := rank), %2$s) FILTER (%1$s IS NOT NULL) AS %1$s"
              .formatted(value, order)
          : "max_by(%1$s, %2$s) FILTER (%1$s IS NOT NULL) AS %1$s".formatted(value, order));
    }
    for (var source : sources) {
      merged.add(
          "max_by(key, (filled, key)) FILTER (tab = %1$d) AS key_%1$d, list(key ORDER BY key) FILTER (tab = %1$d) AS keys_%1$d"
              .formatted(source.rank()));
    }
    session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE _merged_rows AS SELECT customer, "
        + String.join(", ", merged) + " FROM ({}) GROUP BY customer", Sql.join(" UNION ALL ", parts)));
  }

  /// The greatest of this order wins. Values without a time are the oldest for "most recent" and the newest for "least
  /// recent": they never win against one that has a time.
  private static String order(Merge.Rule rule) {
    return switch (rule) {
      case IMPORTANCE -> "(-rank, coalesce(epoch_us(said), -9223372036854775807), -number)";
      case MOST_RECENT -> "(coalesce(epoch_us(said), -9223372036854775807), -rank, -number)";
      case LEAST_RECENT -> "(-coalesce(epoch_us(said), 9223372036854775807), -rank, -number)";
    };
  }

  /// `_merged_live`: per customer, each attribute's winner among what applications sent, empty values included.
  private void mergeLive() {
    var merged = new ArrayList<Sql>();
    var names = List.copyOf(liveAttributes.keySet());
    for (int place = 0; place < names.size(); place++) {
      String order = merge.of(names.get(place)) == Merge.Rule.LEAST_RECENT
          ? "(-coalesce(epoch_us(said), 9223372036854775807), -number)"
          : "(coalesce(epoch_us(said), -9223372036854775807), -number)";
      String type = typeName(liveAttributes.getOrDefault(names.get(place), ColumnType.STRING));
      merged.add(Sql.of(", max_by(struct_pack(v := TRY_CAST(value AS " + type + "), said := said), " + order
          + ") FILTER (name = ?) AS l" + place, names.get(place)));
    }
    session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE _merged_live AS SELECT customer{} FROM "
        + Identities.LIVE_TRAITS + " JOIN (SELECT number, customer FROM " + Identities.ASSIGNMENTS
        + ") AS assignment USING (number) GROUP BY customer",
        Sql.join("", merged)));
  }

  private Sql value(String attribute) {
    int row = List.copyOf(tableAttributes.keySet()).indexOf(attribute);
    int live = List.copyOf(liveAttributes.keySet()).indexOf(attribute);
    if (live < 0) {
      return Sql.of("batch.a" + row);
    }
    if (row < 0) {
      return Sql.of("live.l%d.v".formatted(live));
    }
    return Sql.of("""
        CASE WHEN live.l%2$d IS NULL THEN batch.a%1$d.v WHEN batch.a%1$d IS NULL THEN live.l%2$d.v
          WHEN %3$s THEN live.l%2$d.v ELSE batch.a%1$d.v END"""
        .formatted(row, live, liveWins(attribute, "batch.a" + row, "live.l" + live)));
  }

  private String liveWins(String attribute, String row, String live) {
    String ahead = ranks.get(Unification.LIVE) + " < " + row + ".rank";
    String rowAt = "coalesce(epoch_us(" + row + ".said), %s)";
    String liveAt = "coalesce(epoch_us(" + live + ".said), %s)";
    return switch (merge.of(attribute)) {
      case IMPORTANCE -> liveApart ? oldest(liveAt) + " >= " + oldest(rowAt) : ahead;
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
