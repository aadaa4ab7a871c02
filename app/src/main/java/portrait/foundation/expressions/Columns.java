package portrait.foundation.expressions;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.WarehouseSession;

/// The columns that the warehouse has at this moment. An attribute or measure without a column is null for everyone.
///
/// @param customer columns of `Customer`; empty when there is no such table yet
/// @param measures columns of `Customer_Measure`; empty when there is no such table yet
public record Columns(Schema customer, Schema measures) {

  /// Reads them from the warehouse.
  public static Columns of(WarehouseSession session) {
    return new Columns(session.schema("Customer").orElse(new Schema(List.of())),
        session.schema("Customer_Measure").orElse(new Schema(List.of())));
  }

  /// The same, where these measures have the columns that they will have.
  public Columns with(Map<String, Expressions.Output> outputs) {
    var all = new ArrayList<Schema.Column>();
    outputs.forEach((name, output) -> all.add(Schema.Column.of(name, output.column())));
    measures.columns().stream().filter(column -> outputs.keySet().stream()
        .noneMatch(column.name()::equalsIgnoreCase)).forEach(all::add);
    return new Columns(customer, new Schema(all));
  }

  Optional<ColumnType> attribute(String name) {
    return exact(customer, name);
  }

  Optional<ColumnType> measure(String name) {
    return exact(measures, name);
  }

  /// Names are compared exactly, as the live evaluator does.
  private static Optional<ColumnType> exact(Schema schema, String name) {
    return schema.columns().stream().filter(column -> column.name().equals(name)).map(Schema.Column::type).findFirst();
  }
}
