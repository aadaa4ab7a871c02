package portrait.doors.odata;

import java.time.Instant;
import java.util.List;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;

/// A [Filter] as a condition of SQL on rows named `c`. Related entities are looked for in a query of their own, whose
/// rows have the same name: it hides the one around it, so the two never mix.
final class FilterSql {

  private final Model model;
  private final Instant now;

  FilterSql(Model model, Instant now) {
    this.model = model;
    this.now = now;
  }

  Sql of(EntitySet set, Filter filter) {
    return switch (filter) {
      case Filter.All(var parts) -> parts.isEmpty() ? Sql.of("TRUE") : joined(set, parts, " AND ");
      case Filter.Any(var parts) -> parts.isEmpty() ? Sql.of("FALSE") : joined(set, parts, " OR ");
      case Filter.Holds(var condition) -> {
        Expressions.uses(condition).attributes().forEach(column -> known(set, column));
        yield Expressions.rows(condition, now, asShown(set.schema()));
      }
      case Filter.Items(var condition, var isNot) -> {
        Expressions.uses(condition).attributes().forEach(column -> known(set, column));
        yield Sql.format((isNot ? "NOT " : "") + "coalesce({}, " + condition.isAll() + ")",
            Expressions.rows(condition, now, set.schema()));
      }
      case Filter.Is is -> not(is.isNot(), is(known(set, is.property().column()), is));
      case Filter.Member(var segment, var isNot) -> not(isNot, member(set, segment));
      case Filter.Has has -> not(has.isNot(), has(set, has));
    };
  }

  /// Lists and structures are shown as text, so that is what they are compared as.
  private static Schema asShown(Schema schema) {
    return new Schema(schema.columns().stream().map(column -> column.type() == ColumnType.JSON
        ? Schema.Column.of(column.name(), ColumnType.STRING)
        : column).toList());
  }

  private Sql joined(EntitySet set, List<Filter> parts, String word) {
    return Sql.format("({})", Sql.join(word, parts.stream().map(part -> of(set, part)).toList()));
  }

  private static Sql not(boolean isNot, Sql condition) {
    return isNot ? Sql.format("(NOT coalesce({}, FALSE))", condition) : condition;
  }

  /// The column of a property that all rows have.
  static Sql known(EntitySet set, String column) {
    set.properties().stream().filter(property -> property.column().equals(column) && !property.isInWarehouse())
        .findFirst().ifPresent(property -> {
          throw Mistake.in("$filter", "%s of %s is known of one customer at a time".formatted(property.name(),
              set.name()), "Name the customer: CustomerId eq '…'. A new measure is known of all after a refresh.");
        });
    return Sql.format("c.{}", Sql.name(column));
  }

  private static Sql is(Sql column, Filter.Is is) {
    var values = Sql.join(", ", is.values().stream().map(value -> Sql.of("CAST(? AS VARCHAR)", value)).toList());
    var same = Sql.format("{} IN ({})", column, values);
    return is.alternates().isEmpty() ? same
        : Sql.format("({} OR list_has_any(string_split(coalesce(c.{}, ''), ';'), [{}]))", same,
            Sql.name(is.alternates().get().column()), values);
  }

  private Sql member(EntitySet set, String segment) {
    if (model.set("SegmentMembership").table().isEmpty()) {
      return Sql.of("FALSE");
    }
    return Sql.format("(c.{} IN (SELECT \"CustomerId\" FROM \"SegmentMembership\" WHERE \"Segment\" = {}))",
        Sql.name(set.property(EntitySet.CUSTOMER_ID).column()), Sql.of("CAST(? AS VARCHAR)", segment));
  }

  private Sql has(EntitySet set, Filter.Has has) {
    var target = has.target();
    if (target.table().isEmpty()) {
      return Sql.of("FALSE");
    }
    var to = Sql.name(target.property(has.navigation().to()).column());
    return Sql.format("(c.{} IN (SELECT c.{} FROM {} AS c WHERE c.{} IS NOT NULL AND {}))",
        Sql.name(set.property(has.navigation().from()).column()), to, Sql.name(target.table()), to,
        of(target, has.where()));
  }
}
