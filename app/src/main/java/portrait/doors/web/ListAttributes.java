package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Formula;
import portrait.foundation.model.ColumnType;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// Conditions on items of lists that the builder of segments offers: for each attribute that is one, with the item that
/// most customers have.
final class ListAttributes {

  private ListAttributes() {}

  static List<SegmentBuilderPage.Word> of(WarehouseSession session, Messages text) {
    return Columns.of(session).customer().columns().stream().filter(column -> column.type() == ColumnType.JSON)
        .flatMap(column -> item(session, column.name()).stream().flatMap(item -> {
          String name = Expressions.text(new Formula.Attribute(column.name()));
          String is = "(%s) = %s".formatted(name, QuickRule.quoted(item));
          return Stream.of(new SegmentBuilderPage.Word(text.of("builder.anyOf", column.name()), "any" + is),
              new SegmentBuilderPage.Word(text.of("builder.allOf", column.name()), "all" + is));
        })).toList();
  }

  /// Empty where no customer has a list with a text in it.
  private static Optional<String> item(WarehouseSession session, String column) {
    return session.first(Sql.of("""
        SELECT item ->> '$' FROM (SELECT unnest(CAST(%1$s AS JSON[])) AS item FROM Customer
        WHERE json_type(CAST(%1$s AS JSON)) = 'ARRAY') WHERE json_type(item) = 'VARCHAR'
        GROUP BY ALL ORDER BY count(*) DESC, 1 LIMIT 1""".formatted(Sql.quoted(column))), row -> row.text(1));
  }
}
