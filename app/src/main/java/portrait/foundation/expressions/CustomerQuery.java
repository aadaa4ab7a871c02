package portrait.foundation.expressions;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import portrait.foundation.model.ColumnType;
import portrait.foundation.warehouse.Sql;

/// Compiles to one query over all customers.
final class CustomerQuery {

  private static final Dialect DIALECT = new DuckDbDialect();

  private CustomerQuery() {}

  /// The CustomerIds for whom the condition holds.
  static Sql members(Condition condition, Instant now, ZoneId zone, Columns columns) {
    var events = new EventSql(DIALECT, now);
    var holds = new FormulaSql(DIALECT, now, zone, columns, events).condition(condition);
    return Sql.format("SELECT c.CustomerId FROM Customer c {} WHERE {}", Sql.join("\n", events.joined()), holds);
  }

  /// `CustomerId` and, as `h0`, `h1`, …, whether each condition holds, for every customer. All share one look at
  /// customers, and one at the events of each name.
  static Sql holds(List<Expressions.Rule> rules, Instant now, Columns columns) {
    var events = new EventSql(DIALECT, now);
    var selected = new ArrayList<>(List.of(Sql.of("c.CustomerId")));
    for (int place = 0; place < rules.size(); place++) {
      var rule = rules.get(place);
      selected.add(Sql.format("{} AS h" + place,
          new FormulaSql(DIALECT, now, Zones.plain(rule.zone()), columns, events).condition(rule.condition())));
    }
    return Sql.format("SELECT {} FROM Customer c {}", Sql.join(", ", selected), Sql.join("\n", events.joined()));
  }

  /// One row: the number of customers, some CustomerIds for whom the first condition holds with commas between them, and
  /// for each condition how many it fits. All share one look at customers and events.
  static Sql counts(List<Condition> conditions, int sample, Instant now, ZoneId zone, Columns columns) {
    var events = new EventSql(DIALECT, now);
    var formulas = new FormulaSql(DIALECT, now, zone, columns, events);
    var holds = new ArrayList<Sql>();
    var counts = new ArrayList<Sql>();
    for (int place = 0; place < conditions.size(); place++) {
      holds.add(Sql.format("{} AS holds%d".formatted(place), formulas.condition(conditions.get(place))));
      counts.add(Sql.of("count(*) FILTER (WHERE holds%d)".formatted(place)));
    }
    return Sql.format("""
        SELECT count(*), array_to_string(min(CustomerId, %d) FILTER (WHERE holds0), ','), {}
        FROM (SELECT c.CustomerId, {} FROM Customer c {})""".formatted(sample), Sql.join(", ", counts),
        Sql.join(", ", holds), Sql.join("\n", events.joined()));
  }

  /// Whether the condition holds for a row of a table named `c`.
  static Sql rows(Condition condition, Instant now, Columns columns) {
    return new FormulaSql(DIALECT, now, ZoneOffset.UTC, columns, new EventSql(DIALECT, now)).condition(condition);
  }

  /// The events that count, with a column for each value beside each.
  static Sql events(Events events, Map<String, Expressions.Output> outputs, Instant now, Columns columns) {
    var joined = new EventSql(DIALECT, now);
    var selected = new ArrayList<>(List.of(
        Sql.of("e.CustomerId, e.ActivityId, e.ActivityName, e.ActivityTimestamp, e.Properties")));
    outputs.forEach((name, output) -> selected.add(Sql.format(
        (output.column() == ColumnType.INTEGER ? "CAST({} AS BIGINT)" : "{}") + " AS " + Sql.quoted(name),
        new FormulaSql(DIALECT, now, output.zone(), columns, joined).as(output.type(), output.formula()))));
    var zone = outputs.values().stream().map(Expressions.Output::zone).findFirst().orElse(ZoneOffset.UTC);
    var counted = joined.counted(events, new FormulaSql(DIALECT, now, zone, columns, joined));
    return Sql.format("SELECT {} FROM {} WHERE {}", Sql.join(", ", selected), joined.events(), counted);
  }

  /// `CustomerId` and a column for each value, for every customer.
  static Sql values(Map<String, Expressions.Output> outputs, Instant now, Columns columns) {
    var events = new EventSql(DIALECT, now);
    var selected = new ArrayList<>(List.of(Sql.of("c.CustomerId")));
    outputs.forEach((name, output) -> {
      var value = new FormulaSql(DIALECT, now, output.zone(), columns, events).as(output.type(), output.formula());
      selected.add(Sql.format((output.column() == ColumnType.INTEGER ? "CAST({} AS BIGINT)" : "{}") + " AS "
          + Sql.quoted(name), value));
    });
    return Sql.format("SELECT {} FROM Customer c {}", Sql.join(", ", selected), Sql.join("\n", events.joined()));
  }
}
