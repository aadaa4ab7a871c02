package portrait.foundation.expressions;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import portrait.foundation.model.ColumnType;
import portrait.foundation.warehouse.Sql;

/// Compiles to one query over all customers.
final class CustomerQuery {

  private static final Dialect DIALECT = new DuckDbDialect();

  /** Characters of SQL that are repeated rather than looked up in a table. */
  private static final int PASTED_MAX = 4_000;

  private CustomerQuery() {}

  /// The CustomerIds for whom the condition holds.
  static Sql members(Condition condition, Instant now, ZoneId zone, Columns columns) {
    var events = new EventSql(DIALECT, now);
    var holds = new FormulaSql(DIALECT, now, zone, columns, events).condition(condition);
    return Sql.format("SELECT c.CustomerId FROM Customer c {} WHERE {}", Sql.join("\n", events.joined()), holds);
  }

  /// `CustomerId`, each value as `m0`, `m1`, …, and whether each rule holds as `h0`, `h1`, …, for every customer. All
  /// share one look at customers, and one at the events of each name. Where a rule builds on a value or on another rule,
  /// that one's SQL stands in its place; once that would be too long, the query ends before that rule, which has to
  /// wait until tables say what it builds on.
  static Expressions.Together together(Map<String, Expressions.Output> values, List<Expressions.Rule> rules,
      Instant now,
      Columns columns, Optional<Expressions.Among> among) {
    var events = new EventSql(DIALECT, now);
    var known = columns.with(values);
    var selected = new ArrayList<>(List.of(Sql.of("c.CustomerId")));
    var tooLong = new HashSet<String>();
    values.forEach((name, output) -> {
      var value = value(output, now, known, events);
      selected.add(Sql.format("{} AS m" + (selected.size() - 1), value));
      events.computes(name, value);
      if (value.text().length() > PASTED_MAX) {
        tooLong.add(name);
      }
    });
    var decided = new HashSet<String>();
    for (var rule : rules) {
      var uses = Expressions.uses(rule.condition());
      if (!Collections.disjoint(uses.measures(), tooLong) || !Collections.disjoint(uses.segments(), decided)) {
        break;
      }
      var holds = new FormulaSql(DIALECT, now, Zones.plain(rule.zone()), known, events).condition(rule.condition());
      selected.add(Sql.format("{} AS h" + (selected.size() - 1 - values.size()), holds));
      if (holds.text().length() > PASTED_MAX) {
        decided.add(rule.name());
      } else {
        events.decides(rule.name(), holds);
      }
    }
    var query = Sql.format("SELECT {} FROM Customer c {}", Sql.join(", ", selected), Sql.join("\n", events.joined()));
    return new Expressions.Together(
        among.map(some -> Sql.format("WITH {} {}", DIALECT.among(some), query)).orElse(query),
        selected.size() - 1 - values.size());
  }

  /// One row: the number of customers, some CustomerIds for whom the first condition holds with commas between them, and
  /// for each condition how many it fits. All share one look at customers and events.
  static Sql counts(List<Condition> conditions, int sample, Instant now, ZoneId zone, Columns columns, int oneIn) {
    var events = new EventSql(DIALECT, now);
    var formulas = new FormulaSql(DIALECT, now, zone, columns, events);
    var holds = new ArrayList<Sql>();
    var counts = new ArrayList<Sql>();
    for (int place = 0; place < conditions.size(); place++) {
      holds.add(Sql.format("{} AS holds%d".formatted(place), formulas.condition(conditions.get(place))));
      counts.add(Sql.of("count(*) FILTER (WHERE holds%d)".formatted(place)));
    }
    var counted = Sql.format("""
        SELECT count(*), array_to_string(min(CustomerId, %d) FILTER (WHERE holds0), ','), {}
        FROM (SELECT c.CustomerId, {} FROM Customer c {})""".formatted(sample), Sql.join(", ", counts),
        Sql.join(", ", holds), Sql.join("\n", events.joined()));
    return oneIn == 1 ? counted : Sql.format("WITH {} {}", DIALECT.sampled(oneIn), counted);
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
    outputs.forEach((name, output) -> selected
        .add(Sql.format("{} AS " + Sql.quoted(name), value(output, now, columns, joined))));
    var zone = outputs.values().stream().map(Expressions.Output::zone).findFirst().orElse(ZoneOffset.UTC);
    var counted = joined.counted(events, new FormulaSql(DIALECT, now, zone, columns, joined));
    return Sql.format("SELECT {} FROM {} WHERE {}", Sql.join(", ", selected), joined.events(), counted);
  }

  /// `CustomerId` and a column for each value, for every customer.
  static Sql values(Map<String, Expressions.Output> outputs, Instant now, Columns columns) {
    var events = new EventSql(DIALECT, now);
    var selected = new ArrayList<>(List.of(Sql.of("c.CustomerId")));
    outputs.forEach((name, output) -> selected
        .add(Sql.format("{} AS " + Sql.quoted(name), value(output, now, columns, events))));
    return Sql.format("SELECT {} FROM Customer c {}", Sql.join(", ", selected), Sql.join("\n", events.joined()));
  }

  private static Sql value(Expressions.Output output, Instant now, Columns columns, EventSql events) {
    var value = new FormulaSql(DIALECT, now, output.zone(), columns, events).as(output.type(), output.formula());
    return output.column() == ColumnType.INTEGER ? DIALECT.whole(value) : value;
  }
}
