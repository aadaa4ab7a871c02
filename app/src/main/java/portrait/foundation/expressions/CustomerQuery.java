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

  /// Whether the condition holds for a row of a table named `c`.
  static Sql rows(Condition condition, Instant now, Columns columns) {
    return new FormulaSql(DIALECT, now, ZoneOffset.UTC, columns, new EventSql(DIALECT, now)).condition(condition);
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
