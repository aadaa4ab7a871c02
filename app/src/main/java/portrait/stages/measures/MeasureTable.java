package portrait.stages.measures;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Events;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Formula;
import portrait.foundation.expressions.Uses;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;

/// Values that do not fit into one column about each customer: split by dimensions, or about the whole business. Each
/// has a table of its own in the warehouse, with a column for each dimension and calculation.
///
/// @param isOfBusiness whether there is no customer in it
/// @param events which events have a row; empty when only other measures are counted with
/// @param dimensions what splits the values; a customer, or the business, without them has one row
/// @param zone decides which calendar day a moment belongs to
public record MeasureTable(String name, String title, String description, boolean isOfBusiness,
    Optional<Events> events, List<Dimension> dimensions, List<Calculation> calculations, ZoneId zone)
    implements
      MeasureDefinition {

  /// The column of a measure that has one calculation and gives it no name.
  public static final String VALUE = "value";

  public MeasureTable {
    dimensions = List.copyOf(dimensions);
    calculations = List.copyOf(calculations);
  }

  /// @param of a formula about one event
  /// @param type what the column keeps; a date when there is a bucket
  public record Dimension(String name, Formula of, Bucket bucket, ColumnType type) {}

  /// @param formula over events, already of the type
  /// @param otherwise the value when the formula has none; null for none
  public record Calculation(String name, Formula formula, ColumnType type, @Nullable Object otherwise) {

    Formula whole() {
      return otherwise == null ? formula : Expressions.otherwise(formula, otherwise);
    }
  }

  /// Its table in the warehouse.
  public String warehouseTable() {
    return "Measure_" + name;
  }

  /// The columns of its table.
  public Schema schema() {
    var columns = new ArrayList<Schema.Column>();
    if (!isOfBusiness) {
      columns.add(Schema.Column.of("CustomerId", ColumnType.STRING));
    }
    dimensions.forEach(dimension -> columns.add(Schema.Column.of(dimension.name(), dimension.type())));
    calculations.forEach(calculation -> columns.add(Schema.Column.of(calculation.name(), calculation.type())));
    return new Schema(columns);
  }

  /// The columns of one customer's rows: without the customer.
  public Schema columnsOfOne() {
    return new Schema(schema().columns().stream().filter(column -> !column.name().equals("CustomerId")).toList());
  }

  /// Whether it is one number about the whole business, which other such numbers can be made of.
  public boolean isNumber() {
    return isOfBusiness && dimensions.isEmpty() && calculations.size() == 1;
  }

  /// Whether values of a calculation may be added up over customers or dimensions.
  boolean isAdditive(Calculation calculation) {
    return Expressions.isAdditive(calculation.formula());
  }

  @Override
  public Uses uses() {
    var uses = calculations.stream().map(calculation -> Expressions.uses(calculation.formula())).reduce(Uses.NOTHING,
        Uses::and);
    return dimensions.stream().map(dimension -> Expressions.uses(dimension.of())).reduce(uses, Uses::and);
  }

  /// What is computed for each combination of dimensions.
  ///
  /// @param numbers formulas of the numbers about the whole business that it counts with
  Map<String, Expressions.Output> outputs(Map<String, Formula> numbers) {
    var outputs = new LinkedHashMap<String, Expressions.Output>();
    for (var calculation : calculations) {
      var formula = Expressions.inlined(calculation.whole(), name -> Optional.ofNullable(numbers.get(name)));
      outputs.put(calculation.name(), new Expressions.Output(formula, calculation.type(), zone));
    }
    return outputs;
  }
}
