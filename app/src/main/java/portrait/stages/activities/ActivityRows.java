package portrait.stages.activities;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import portrait.foundation.expressions.RowCondition;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.events.EventType;
import portrait.stages.sources.TableDefinition;

/// One activity definition over its source table, as SQL.
///
/// @param hops the tables on the way to the customer, with their columns
/// @param now the moment of the run, for conditions that compare with it
/// @param suffix ends the ids of a second definition over the same table, so that ids stay unique
record ActivityRows(ActivityDefinition activity, TableDefinition table, Schema columns, List<HopTable> hops,
    String suffix,
    Instant now) {

  /// A table on the way to the customer.
  record HopTable(TableDefinition table, Schema columns) {}

  /// Rows of all definitions: `kind`, `source`, `id`, `namespace`, `value`, `name`, `happened`, `title`, `properties`, `state`.
  static final String ROWS = "_activity_row";
  private static final String NONE = "coalesce({}, '') = '' OR length({}) > " + Identity.VALUE_LENGTH_MAX;

  /// Empties the table, but for the rows of some source tables.
  static void create(WarehouseSession session, Set<String> kept) {
    boolean isKeeping = !kept.isEmpty() && session.exists(ROWS);
    if (isKeeping) {
      session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE _activity_kept AS SELECT * FROM %s WHERE source IN ({})"
          .formatted(ROWS), Sql.join(", ", kept.stream().map(ActivityRows::text).toList())));
    }
    session
        .execute("CREATE OR REPLACE TABLE " + ROWS + " (kind VARCHAR, source VARCHAR, id VARCHAR, namespace VARCHAR, "
            + "value VARCHAR, name VARCHAR, happened TIMESTAMP, title VARCHAR, properties JSON, state VARCHAR)");
    if (isKeeping) {
      session.execute("INSERT INTO " + ROWS + " FROM _activity_kept; DROP TABLE _activity_kept");
    }
  }

  /// Adds the rows that have a customer and a time.
  void insert(WarehouseSession session) {
    String mapping = UUID.nameUUIDFromBytes((activity + suffix).getBytes(StandardCharsets.UTF_8)).toString()
        .substring(0, 8);
    session.execute(Sql.format("""
        INSERT INTO %s
        SELECT {}, {}, {} || '|' || {} || {}, {}, {}, {}, {}, {}, {}, CAST(c._row_hash AS VARCHAR) || '/%s'{}
        FROM {} WHERE NOT ({}) AND {} IS NOT NULL AND {}""".formatted(ROWS, mapping),
        text(activity.type().map(ActivityType::text).orElse(EventType.ACTIVITY.text())), text(table.fullName()),
        text(table.fullName()), key(), text(suffix), text(who().namespace()), customer(), text(activity.event()),
        time(), title(), properties(), hops.isEmpty() ? Sql.of("") : Sql.format(" || '/' || {}", customer()), from(),
        none(), time(), where()));
  }

  /// Writes the other rows into `<source>_<table>_unassigned`, whole, with the reason.
  ActivityReport keepUnassigned(WarehouseSession session, boolean isFirstOfTable) {
    var name = Sql.name(table.warehouseName() + "_unassigned");
    var rows = Sql.format("""
        SELECT CASE WHEN {} THEN 'no customer' ELSE 'no time' END AS "_reason", {}
        FROM {} WHERE ({} OR {} IS NULL) AND {}""", none(),
        Sql.join(", ", columns.columns().stream().map(column -> inRow(column.name())).toList()), from(), none(),
        time(), where());
    session.execute(isFirstOfTable
        ? Sql.format("CREATE OR REPLACE TABLE {} AS {}", name, rows)
        : Sql.format("INSERT INTO {} {}", name, rows));
    return session.first(Sql.format("SELECT count(*), count_if({}), count_if(NOT ({}) AND {} IS NULL) FROM {} WHERE {}",
        none(), none(), time(), from(), where()),
        row -> new ActivityReport(row.number(1), row.number(2), row.number(3))).orElseThrow();
  }

  private Sql from() {
    Sql from = Sql.format("{} AS c", Sql.name(table.warehouseName()));
    String before = "c";
    for (int place = 0; place < hops.size(); place++) {
      var hop = who().through().get(place);
      String alias = "h" + place;
      boolean isLast = place == hops.size() - 1;
      String wanted = isLast ? who().column() : who().through().get(place + 1).from();
      var other = hops.get(place);
      // One row for each value, whatever the table holds: otherwise a row would become several activities.
      from = Sql.format("{} LEFT JOIN (SELECT {} AS joined, min({}) AS reached FROM {} GROUP BY 1) %s ON %s.joined = {}"
          .formatted(alias, alias), from,
          trimmed(existing("customer.through[%d].to".formatted(place), hop.to(), other)),
          trimmed(
              existing(isLast ? "customer.column" : "customer.through[%d].from".formatted(place + 1), wanted, other)),
          Sql.name(other.table().warehouseName()), place == 0
              ? Sql.format("trim(CAST({} AS VARCHAR))", column("customer.through[0].from", hop.from()))
              : Sql.of(before + ".reached"));
      before = alias;
    }
    return from;
  }

  private ActivityDefinition.Customer who() {
    return activity.customer().orElseThrow();
  }

  private static Sql trimmed(Schema.Column column) {
    return Sql.format("trim(CAST({} AS VARCHAR))", Sql.name(column.name()));
  }

  private Schema.Column existing(String path, String name, HopTable hop) {
    return hop.columns().column(name).orElseThrow(() -> noColumn(path, name, hop.table(), hop.columns()).asException());
  }

  private static Sql inRow(String column) {
    return Sql.of("c." + Sql.quoted(column));
  }

  /// What the timeline says above all.
  private Sql title() {
    String property = activity.entry().title();
    String column = activity.properties().get(property);
    return column == null ? text(activity.title())
        : Sql.format("coalesce(nullif(trim(CAST({} AS VARCHAR)), ''), {})", column("properties." + property, column),
            text(activity.title()));
  }

  private Sql key() {
    return Sql.join(" || '|' || ",
        table.key().stream().map(column -> Sql.format("trim(CAST({} AS VARCHAR))", column("key", column))).toList());
  }

  private Sql customer() {
    var value = hops.isEmpty() ? Sql.format("trim(CAST({} AS VARCHAR))", column("customer.column", who().column()))
        : Sql.of("h%d.reached".formatted(hops.size() - 1));
    return who().namespace().equals(Identity.EMAIL) ? Sql.format("lower({})", value) : value;
  }

  private Sql none() {
    return Sql.format(NONE, customer(), customer());
  }

  private Sql time() {
    return Sql.format("TRY_CAST({} AS TIMESTAMP)", column("timestamp", activity.timestamp()));
  }

  private Sql where() {
    return activity.where().map(text -> RowCondition
        .read("Activity %s: where".formatted(activity.name()), text).sql(table.fullName(), columns, now))
        .orElse(Sql.of("true"));
  }

  /// Properties without a value are left out.
  private Sql properties() {
    var pairs = new ArrayList<Sql>();
    activity.properties().forEach((property, column) -> pairs
        .add(Sql.format("{}, {}", text(property), value(existing("properties." + property, column)))));
    return pairs.isEmpty()
        ? Sql.of("CAST('{}' AS JSON)")
        : Sql.format("json_merge_patch(CAST('{' || '}' AS JSON), json_object({}))", Sql.join(", ", pairs));
  }

  /// Days and moments are written as applications write them.
  private static Sql value(Schema.Column column) {
    var name = inRow(column.name());
    return switch (column.type()) {
      case TIMESTAMP -> Sql.format("replace(CAST({} AS VARCHAR), ' ', 'T') || 'Z'", name);
      case DATE -> Sql.format("CAST({} AS VARCHAR)", name);
      case STRING, INTEGER, NUMBER, BOOLEAN, JSON -> name;
    };
  }

  private Sql column(String path, String name) {
    return inRow(existing(path, name).name());
  }

  private Schema.Column existing(String path, String name) {
    return columns.column(name).orElseThrow(() -> noColumn(path, name, table, columns).asException());
  }

  private Problem noColumn(String path, String name, TableDefinition of, Schema columns) {
    return Problem.of(Problem.Code.INVALID_DEFINITION,
        "Activity %s: %s was '%s', but %s has no such column".formatted(activity.name(), path, name, of.fullName()),
        "It has %s.".formatted(columns.columns().stream().map(Schema.Column::name).toList()));
  }

  private static Sql text(String value) {
    return Sql.of("CAST(? AS VARCHAR)", value);
  }
}
