package portrait.stages.measures;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseRow;
import portrait.foundation.warehouse.WarehouseSession;

/// What refreshes computed: `Customer_Measure`, and a table for each measure that is one.
final class ComputedTables {

  private static final String STATE = "_measure_state";
  /// What the values about customers were computed with. Whoever computes them otherwise takes the rows out.
  private static final String FINGERPRINTS = "_measure_fingerprint";
  private static final String ALL = "Customer_Measure";
  private static final int BARS_MAX = 24;

  /// Replaces the table of a measure.
  long write(WarehouseSession session, MeasureTable table, Sql query, Instant now) {
    long rows = session
        .execute(Sql.format("CREATE OR REPLACE TABLE {} AS {}", Sql.name(table.warehouseTable()), query));
    createState(session);
    session.execute(Sql.of("DELETE FROM " + STATE + " WHERE measure = ?", table.name()));
    session.execute(Sql.of("INSERT INTO " + STATE + " VALUES (?, CAST(? AS TIMESTAMP))", table.name(), now));
    return rows;
  }

  /// A query of computed measures, beside which others have the values they had last. Those that never had any are left
  /// out.
  static Sql withLast(WarehouseSession session, Sql computed, Collection<CustomerMeasure> kept) {
    var there = session.schema(ALL).map(Schema::columns).orElse(List.of());
    var last = kept.stream().filter(measure -> there.stream()
        .anyMatch(column -> column.name().equals(measure.name()) && column.type() == measure.type()))
        .map(measure -> Sql.format("last.{}", Sql.name(measure.name()))).toList();
    return last.isEmpty() ? computed
        : Sql.format("SELECT computed.*, {} FROM ({}) AS computed LEFT JOIN {} AS last ON last.\"CustomerId\" = "
            + "computed.CustomerId", Sql.join(", ", last), computed, Sql.name(ALL));
  }

  boolean hasExactly(WarehouseSession session, List<CustomerMeasure> measures) {
    var there = session.schema(ALL).map(Schema::columns).orElse(List.of()).stream()
        .collect(Collectors.toMap(Schema.Column::name, Schema.Column::type));
    return there.size() == measures.size() + 1
        && measures.stream().allMatch(measure -> there.get(measure.name()) == kept(measure.type()));
  }

  /// The table knows no JSON.
  private static ColumnType kept(ColumnType type) {
    return type == ColumnType.JSON ? ColumnType.STRING : type;
  }

  void replace(WarehouseSession session, List<CustomerMeasure> measures, String computed, List<String> names) {
    var there = session.schema(ALL).map(Schema::columns).orElse(List.of()).stream().map(Schema.Column::name).toList();
    var columns = new ArrayList<>(List.of(Sql.of("computed.CustomerId AS \"CustomerId\"")));
    boolean isAnyKept = false;
    for (var measure : measures) {
      int place = names.indexOf(measure.name());
      if (place >= 0) {
        columns.add(Sql.format("computed.m" + place + " AS {}", Sql.name(measure.name())));
      } else if (there.contains(measure.name())) {
        columns.add(Sql.format("last.{}", Sql.name(measure.name())));
        isAnyKept = true;
      }
    }
    session.execute(Sql.format("CREATE OR REPLACE TABLE \"" + ALL + "\" AS SELECT {} FROM " + computed
        + " AS computed {}", Sql.join(", ", columns),
        Sql.of(isAnyKept
            ? "LEFT JOIN \"" + ALL + "\" AS last ON last.\"CustomerId\" = computed.CustomerId"
            : "")));
  }

  void renew(WarehouseSession session, String computed, List<String> names, String among) {
    session.execute("DELETE FROM \"%s\" WHERE \"CustomerId\" IN (SELECT customer FROM %s)".formatted(ALL, among));
    session.execute(Sql.format("INSERT INTO \"" + ALL + "\" BY NAME SELECT CustomerId AS \"CustomerId\"{} FROM "
        + computed,
        Sql.join("", names.stream()
            .map(name -> Sql.format(", m" + names.indexOf(name) + " AS {}", Sql.name(name))).toList())));
  }

  Map<String, String> fingerprints(WarehouseSession session) {
    createFingerprints(session);
    return session.texts(Sql.of("SELECT measure, fingerprint FROM " + FINGERPRINTS));
  }

  void remember(WarehouseSession session, Map<String, String> fingerprints) {
    createFingerprints(session);
    session.execute("DELETE FROM " + FINGERPRINTS);
    session.append(FINGERPRINTS,
        fingerprints.entrySet().stream().map(each -> new Object[]{each.getKey(), each.getValue()}));
  }

  private static void createFingerprints(WarehouseSession session) {
    session.execute("CREATE TABLE IF NOT EXISTS " + FINGERPRINTS + " (measure VARCHAR, fingerprint VARCHAR)");
  }

  private static void createState(WarehouseSession session) {
    session.execute("CREATE TABLE IF NOT EXISTS " + STATE + " (measure VARCHAR, computed_at TIMESTAMP)");
  }

  void tidy(WarehouseSession session, Set<String> defined) {
    createState(session);
    var known = session.query(Sql.of("SELECT measure FROM " + STATE + " ORDER BY measure"), row -> row.text(1));
    known.stream().filter(name -> !defined.contains(name)).forEach(name -> {
      session.execute(Sql.format("DROP TABLE IF EXISTS {}", Sql.name("Measure_" + name)));
      session.execute(Sql.of("DELETE FROM " + STATE + " WHERE measure = ?", name));
    });
  }

  MeasureRows rows(WarehouseSession session, MeasureDefinition measure, int limit, int offset) {
    return switch (measure) {
      case CustomerMeasure one -> rows(session, ALL, Schema.of(Schema.Column.of("CustomerId", ColumnType.STRING),
          Schema.Column.of(one.name(), one.type())), limit, offset, Optional.empty(), bars(session, one));
      case MeasureTable table -> rows(session, table.warehouseTable(), table.schema(), limit, offset,
          computedAt(session, table.name()), bars(session, table));
    };
  }

  private static Optional<Instant> computedAt(WarehouseSession session, String measure) {
    return session.exists(STATE)
        ? session.first(Sql.of("SELECT computed_at FROM " + STATE + " WHERE measure = ?", measure),
            row -> Optional.ofNullable(row.instantOrNull(1))).flatMap(at -> at)
        : Optional.empty();
  }

  private static MeasureRows rows(WarehouseSession session, String name, Schema wanted, int limit, int offset,
      Optional<Instant> at, List<MeasureRows.Bar> bars) {
    if (!hasColumns(session, name, wanted)) {
      return new MeasureRows(wanted, List.of(), 0, Optional.empty(), List.of());
    }
    var columns = Sql.join(", ", wanted.columns().stream().map(column -> Sql.name(column.name())).toList());
    long total = session.first(Sql.format("SELECT count(*) FROM {}", Sql.name(name)), row -> row.number(1))
        .orElseThrow();
    // Every column takes part, so the order is total.
    var rows = session.query(Sql.format("SELECT {} FROM {} ORDER BY {} LIMIT %d OFFSET %d".formatted(limit, offset),
        columns, Sql.name(name), ordered(wanted)), row -> values(row, wanted));
    return new MeasureRows(wanted, rows, total, at, bars);
  }

  private static Sql ordered(Schema columns) {
    return Sql.join(", ",
        columns.columns().stream().map(column -> Sql.of(Sql.quoted(column.name()) + " NULLS LAST")).toList());
  }

  private static List<@Nullable Object> values(WarehouseRow row, Schema columns) {
    var values = new ArrayList<@Nullable Object>();
    for (int place = 1; place <= columns.columns().size(); place++) {
      values.add(row.value(place));
    }
    return values;
  }

  private static boolean hasColumns(WarehouseSession session, String table, Schema wanted) {
    var there = session.schema(table).map(Schema::columns).orElse(List.of()).stream().map(Schema.Column::name).toList();
    return wanted.columns().stream().allMatch(column -> there.contains(column.name()));
  }

  /// How many customers have which value: ranges of equal width for numbers, days or months for times, the most frequent
  /// of everything else.
  private static List<MeasureRows.Bar> bars(WarehouseSession session, CustomerMeasure measure) {
    var schema = Schema.of(Schema.Column.of(measure.name(), measure.type()));
    if (!hasColumns(session, ALL, schema)) {
      return List.of();
    }
    String column = Sql.quoted(measure.name());
    return switch (measure.type()) {
      case INTEGER, NUMBER -> histogram(session, column);
      case DATE, TIMESTAMP -> session.query(Sql.of("""
          SELECT * FROM (SELECT CAST(date_trunc('month', %s) AS DATE) AS label, count(*) AS n FROM %s
            WHERE %s IS NOT NULL GROUP BY label ORDER BY label DESC LIMIT %d) ORDER BY label"""
          .formatted(column, ALL, column, BARS_MAX)), ComputedTables::bar);
      case STRING, BOOLEAN, JSON -> session.query(Sql.of("""
          SELECT %s AS label, count(*) AS n FROM %s GROUP BY label ORDER BY n DESC, label NULLS LAST LIMIT %d"""
          .formatted(column, ALL, BARS_MAX)), ComputedTables::bar);
    };
  }

  /// The hundredth with most may be far away from everybody else, so it goes into the last bar.
  private static List<MeasureRows.Bar> histogram(WarehouseSession session, String column) {
    return session.query(Sql.of("""
        WITH bounds AS (SELECT CAST(min(%1$s) AS DOUBLE) AS low, CAST(quantile_disc(%1$s, 0.99) AS DOUBLE) AS high,
            least(20, count(DISTINCT %1$s)) AS bars FROM %2$s),
          placed AS (SELECT CASE WHEN high <= low OR bars < 2 THEN 0
              ELSE least(bars - 1, CAST(floor((CAST(%1$s AS DOUBLE) - low) / (high - low) * (bars - 1)) AS BIGINT)) END
              AS place, low, high, bars FROM %2$s, bounds WHERE %1$s IS NOT NULL)
        SELECT low + place * CASE WHEN bars < 2 THEN 0 ELSE (high - low) / (bars - 1) END AS label, count(*) AS n
        FROM placed GROUP BY label ORDER BY label""".formatted(column, ALL)), ComputedTables::bar);
  }

  /// By the first dimension: the value itself where it has one dimension about the business, sums where they mean
  /// something, else the number of rows.
  private static List<MeasureRows.Bar> bars(WarehouseSession session, MeasureTable table) {
    if (table.dimensions().isEmpty() || !hasColumns(session, table.warehouseTable(), table.schema())) {
      return List.of();
    }
    var dimension = table.dimensions().getFirst();
    var calculation = table.calculations().getFirst();
    boolean isNumber = calculation.type() == ColumnType.NUMBER || calculation.type() == ColumnType.INTEGER;
    boolean isWhole = table.isOfBusiness() && table.dimensions().size() == 1;
    String value = isNumber && (isWhole || table.isAdditive(calculation))
        ? "CAST(sum(%s) AS DOUBLE)".formatted(Sql.quoted(calculation.name()))
        : "CAST(count(*) AS DOUBLE)";
    boolean isTime = dimension.type() == ColumnType.DATE || dimension.type() == ColumnType.TIMESTAMP;
    return session.query(Sql.of("""
        SELECT label, n FROM (SELECT %s AS label, coalesce(%s, 0) AS n FROM %s GROUP BY label
          ORDER BY %s NULLS LAST, label NULLS LAST LIMIT %d) ORDER BY %s NULLS LAST, label NULLS LAST"""
        .formatted(Sql.quoted(dimension.name()), value, Sql.quoted(table.warehouseTable()),
            isTime ? "label DESC" : "n DESC", BARS_MAX, isTime ? "label" : "n DESC")),
        ComputedTables::bar);
  }

  private static MeasureRows.Bar bar(WarehouseRow row) {
    return new MeasureRows.Bar(row.value(1), row.decimal(2));
  }
}
