package portrait.stages.measures;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Events;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Formula;
import portrait.foundation.expressions.Pick;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Window;
import portrait.foundation.warehouse.Sql;

/// Writes the query of a measure that is a table.
///
/// Values are compiled for customers only. Here the name of a customer stands for one combination of dimensions: the
/// events get that name, and the query over customers becomes one over combinations.
final class TableQuery {

  private static final Events EVERYTHING = new Events(new Pick(List.of(), Condition.ALWAYS), Window.ALL);

  private TableQuery() {}

  /// Columns as in [MeasureTable#schema].
  ///
  /// @param numbers formulas of the numbers about the whole business that it counts with
  static Sql of(MeasureTable table, Map<String, Formula> numbers, Instant now, Columns columns) {
    var values = Expressions.values(table.outputs(numbers), now, columns);
    if (!table.isOfBusiness() && table.dimensions().isEmpty()) {
      return values;
    }
    var dimensions = new LinkedHashMap<String, Expressions.Output>();
    table.dimensions().forEach(dimension -> dimensions.put(dimension.name(),
        new Expressions.Output(dimension.of(), dimension.type(), table.zone())));
    // Without dimensions there is one row, also when nothing happened.
    var rows = Expressions.events(table.dimensions().isEmpty() ? EVERYTHING : table.events().orElse(EVERYTHING),
        dimensions, now, columns);
    var key = new ArrayList<String>();
    var shown = new ArrayList<String>();
    if (table.isOfBusiness()) {
      key.add("business := TRUE");
    } else {
      key.add("customer := CustomerId");
      shown.add("struct_extract(CustomerId, 'customer') AS \"CustomerId\"");
    }
    table.dimensions().forEach(dimension -> {
      String column = Sql.quoted(dimension.name());
      key.add(column + " := " + (dimension.bucket() == Bucket.NONE ? column
          : "CAST(date_trunc('%s', %s) AS DATE)".formatted(dimension.bucket().text(), column)));
      shown.add("struct_extract(CustomerId, '%s') AS %s".formatted(dimension.name(), column));
    });
    table.calculations().forEach(calculation -> shown.add(Sql.quoted(calculation.name())));
    String combination = "struct_pack(" + String.join(", ", key) + ")";
    String combinations = table.dimensions().isEmpty() ? "SELECT struct_pack(business := TRUE) AS CustomerId"
        : "SELECT DISTINCT CustomerId FROM UnifiedActivity";
    return Sql.format("""
        WITH happened AS ({}),
          UnifiedActivity AS (
            SELECT %s AS CustomerId, ActivityId, ActivityName, ActivityTimestamp, Properties FROM happened),
          Customer AS (%s)
        SELECT %s FROM ({})""".formatted(combination, combinations, String.join(", ", shown)), rows, values);
  }
}
