package portrait.stages.segments;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Columns;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// What customers have in one attribute or measure, to choose a value from.
///
/// @param frequent the ten values that most have
/// @param percentiles for numbers and times; empty for others
public record FieldValues(String field, ColumnType type, List<Frequent> frequent, List<Percentile> percentiles) {

  private static final int FREQUENT_MAX = 10;
  private static final List<Integer> PERCENTS = List.of(0, 10, 25, 50, 75, 90, 100);

  public FieldValues {
    frequent = List.copyOf(frequent);
    percentiles = List.copyOf(percentiles);
  }

  /// A value and how many customers have it.
  public record Frequent(Object value, long customers) {}

  /// The value that so many of a hundred do not exceed.
  public record Percentile(int percent, @Nullable Object value) {}

  /// @param field an attribute's name, or `measure.` and a measure's
  static FieldValues of(WarehouseSession session, String field) {
    var columns = Columns.of(session);
    boolean isMeasure = field.startsWith("measure.");
    String name = isMeasure ? field.substring("measure.".length()) : field;
    var schema = isMeasure ? columns.measures() : columns.customer();
    var column = schema.columns().stream().filter(each -> each.name().equals(name)).findFirst()
        .orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "no customer has the %s '%s'".formatted(
            isMeasure ? "measure" : "attribute", name), "The page of the segment builder lists them.").asException());
    String table = isMeasure ? "Customer_Measure" : "Customer";
    return new FieldValues(field, column.type(), frequent(session, table, column),
        isOrdered(column.type()) ? percentiles(session, table, column) : List.of());
  }

  private static boolean isOrdered(ColumnType type) {
    return switch (type) {
      case INTEGER, NUMBER, DATE, TIMESTAMP -> true;
      case STRING, BOOLEAN, JSON -> false;
    };
  }

  private static List<Frequent> frequent(WarehouseSession session, String table, Schema.Column column) {
    var found = new ArrayList<Frequent>();
    session.each(Sql.of("""
        SELECT %1$s, count(*) FROM %2$s WHERE %1$s IS NOT NULL GROUP BY %1$s ORDER BY count(*) DESC, %1$s LIMIT %3$d"""
        .formatted(Sql.quoted(column.name()), table, FREQUENT_MAX)),
        row -> Optional.ofNullable(row.value(1)).ifPresent(value -> found.add(new Frequent(value, row.number(2)))));
    return found;
  }

  private static List<Percentile> percentiles(WarehouseSession session, String table, Schema.Column column) {
    var wanted = Sql.join(", ", PERCENTS.stream().map(percent -> Sql.of("quantile_disc(%s, %s)"
        .formatted(Sql.quoted(column.name()), percent / 100.0))).toList());
    return session.first(Sql.format("SELECT {} FROM {}", wanted, Sql.name(table)), row -> {
      var percentiles = new ArrayList<Percentile>();
      for (int place = 0; place < PERCENTS.size(); place++) {
        percentiles.add(new Percentile(PERCENTS.get(place), row.value(place + 1)));
      }
      return percentiles;
    }).orElseThrow();
  }
}
