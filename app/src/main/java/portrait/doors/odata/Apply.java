package portrait.doors.odata;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import portrait.doors.odata.EntitySet.Origin;
import portrait.doors.odata.Lists.Part;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.model.ColumnType;
import portrait.foundation.warehouse.Sql;

/// `$apply`: `filter(…)/groupby((City),aggregate(Points with sum as Points,$count as Customers))`. Whatever follows sees
/// the result as a set of its own.
///
/// @param set the properties of the result
/// @param from a query of its rows
record Apply(EntitySet set, Sql from) {

  private static final String OPTION = "$apply";
  private static final Pattern AGGREGATE = Pattern
      .compile(
          "(?:\\$count|([\\p{L}\\p{N}_]+)\\s+with\\s+(sum|min|max|average|countdistinct))\\s+as\\s+([\\p{L}_][\\p{L}\\p{N}_]*)");
  private static final int STEPS_MAX = 10;

  static Apply read(EntitySet set, Part whole, Model model, Set<String> segments, java.time.Instant now) {
    if (set.table().isEmpty()) {
      throw Mistake.in(OPTION, "%s cannot be grouped".formatted(set.name()));
    }
    var steps = Lists.split(OPTION, whole, '/');
    if (steps.size() > STEPS_MAX) {
      throw Mistake.at(OPTION, whole.at(), "there are more than %d steps".formatted(STEPS_MAX));
    }
    var result = new Apply(set, Sql.format("SELECT * FROM {}", Sql.name(set.table())));
    boolean isFirst = true;
    for (var step : steps) {
      var pieces = Lists.withParentheses(OPTION, step);
      var inside = pieces.size() < 2 ? new Part("", step.at()) : pieces.get(1);
      result = switch (pieces.getFirst().text()) {
        case "filter" -> result.filtered(inside, model, segments, now, isFirst);
        case "aggregate" -> result.grouped(List.of(), inside);
        case "groupby" -> result.grouped(inside);
        case String other -> throw Mistake.at(OPTION, step.at(), "there is no '%s' here%s".formatted(other,
            Expressions.nearest(other, List.of("filter", "groupby", "aggregate"))),
            "There are filter, groupby and aggregate, with slashes between them.");
      };
      isFirst &= pieces.getFirst().text().equals("filter");
    }
    return result;
  }

  private Apply filtered(Part condition, Model model, Set<String> segments, java.time.Instant now, boolean isOfSet) {
    var filter = new Binder(model, segments, OPTION, isOfSet ? set : plain(set.properties(), set.key()))
        .filter(Parser.expression(OPTION, condition.text(), condition.at()));
    return new Apply(set,
        Sql.format("SELECT * FROM ({}) AS c WHERE {}", from, new FilterSql(model, now).of(set, filter)));
  }

  /// `(City,Country),aggregate(…)`.
  private Apply grouped(Part inside) {
    var parts = Lists.split(OPTION, inside, ',');
    String list = parts.getFirst().text();
    if (!list.startsWith("(") || !list.endsWith(")") || parts.size() > 2) {
      throw Mistake.at(OPTION, inside.at(), "groupby needs properties in parentheses",
          "Write groupby((City),aggregate($count as Customers)).");
    }
    var by = new ArrayList<Property>();
    for (var name : Lists.split(OPTION, parts.getFirst().from(1).without(1), ',')) {
      var property = listed(set.property(name.text(), OPTION, name.at()), name);
      if (!by.contains(property)) {
        by.add(property);
      }
    }
    if (parts.size() == 1) {
      return grouped(by, new Part("", inside.at()));
    }
    var aggregate = Lists.withParentheses(OPTION, parts.get(1));
    if (aggregate.size() < 2 || !aggregate.getFirst().text().equals("aggregate")) {
      throw Mistake.at(OPTION, parts.get(1).at(), "aggregate(…) was expected here");
    }
    return grouped(by, aggregate.get(1));
  }

  private Apply grouped(List<Property> by, Part aggregates) {
    var columns = new ArrayList<Property>();
    var selected = new ArrayList<Sql>();
    for (var property : by) {
      columns.add(new Property(property.name(), property.column(), property.type(), true));
      selected.add(Sql.format("c.{}", Sql.name(property.column())));
    }
    var values = aggregates.text().isEmpty() ? List.<Part>of() : Lists.split(OPTION, aggregates, ',');
    for (var part : values) {
      var match = AGGREGATE.matcher(part.text());
      if (!match.matches()) {
        throw Mistake.at(OPTION, part.at(), "an aggregate was expected, such as Points with sum as Total",
            "There are sum, min, max, average, countdistinct, and $count as Name.");
      }
      String name = match.group(3);
      if (columns.stream().anyMatch(column -> column.column().equalsIgnoreCase(name))) {
        throw Mistake.at(OPTION, part.at(), "the name %s is taken".formatted(name));
      }
      var of = Optional.ofNullable(match.group(1))
          .map(written -> listed(set.property(written, OPTION, part.at()), part));
      var type = type(of, match.group(2), part);
      columns.add(new Property(name, name, type, true));
      selected.add(Sql.format("{} AS {}", aggregate(of, match.group(2)), Sql.name(name)));
    }
    if (columns.isEmpty()) {
      throw Mistake.at(OPTION, aggregates.at(), "nothing is asked for");
    }
    var grouping = by.isEmpty() ? Sql.of("")
        : Sql.format(" GROUP BY {}", Sql.join(", ",
            by.stream().map(property -> Sql.format("c.{}", Sql.name(property.column()))).toList()));
    var key = by.isEmpty() ? List.of(columns.getFirst().name()) : by.stream().map(Property::name).toList();
    return new Apply(plain(columns, key),
        Sql.format("SELECT {} FROM ({}) AS c{}", Sql.join(", ", selected), from, grouping));
  }

  private static Property listed(Property property, Part part) {
    if (!property.isInWarehouse()) {
      throw Mistake.at(OPTION, part.at(), "%s is known of one customer at a time".formatted(property.name()));
    }
    return property;
  }

  private EntitySet plain(List<Property> properties, List<String> key) {
    return new EntitySet(set.name(), set.title(), new Origin.Table(), set.table(), properties, key, List.of(),
        Map.of(), List.of());
  }

  private static ColumnType type(Optional<Property> of, String how, Part part) {
    if (of.isEmpty() || how.equals("countdistinct")) {
      return ColumnType.INTEGER;
    }
    var type = of.get().type();
    boolean isNumber = type == ColumnType.INTEGER || type == ColumnType.NUMBER;
    if (!isNumber && (how.equals("sum") || how.equals("average"))) {
      throw Mistake.at(OPTION, part.at(), "%s is no number and has no %s".formatted(of.get().name(), how));
    }
    return how.equals("min") || how.equals("max") ? type : ColumnType.NUMBER;
  }

  private static Sql aggregate(Optional<Property> of, String how) {
    if (of.isEmpty()) {
      return Sql.of("count(*)");
    }
    var column = Sql.format("c.{}", Sql.name(of.get().column()));
    return switch (how) {
      case "sum" -> Sql.format("sum(CAST({} AS DOUBLE))", column);
      case "average" -> Sql.format("avg(CAST({} AS DOUBLE))", column);
      case "countdistinct" -> Sql.format("count(DISTINCT {})", column);
      case "min" -> Sql.format("min({})", column);
      case String _ -> Sql.format("max({})", column);
    };
  }
}
