package portrait.foundation.expressions;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import portrait.foundation.expressions.Condition.Step;
import portrait.foundation.warehouse.Sql;

/// The joins of a query over customers: one pass over the events of the same names computes all aggregates of them,
/// grouped by customer, whatever the number of conditions. Nothing is looked up row by row.
final class EventSql {

  private final Dialect dialect;
  private final Instant now;
  private final Map<List<String>, Group> groups = new LinkedHashMap<>();
  private final Map<Sql, String> joins = new LinkedHashMap<>();
  /// When events that windows begin with happened last, by alias.
  private final Map<Sql, String> sinces = new LinkedHashMap<>();
  /// What the same query computes of each customer, so that no table need have it yet.
  private final Map<String, Sql> measures = new HashMap<>();
  private final Map<String, Sql> members = new HashMap<>();
  private boolean isMeasureUsed;
  /// The events that the condition in hand looks at.
  private EventRows rows = new EventRows();

  EventSql(Dialect dialect, Instant now) {
    this.dialect = dialect;
    this.now = FormulaSql.micros(now);
  }

  /// Aggregates over events of the same names.
  private static final class Group {
    private final String alias;
    private final EventRows rows = new EventRows();
    private final List<Sql> values = new ArrayList<>();
    private Optional<Instant> earliest = Optional.of(Instant.MAX);

    Group(String alias) {
      this.alias = alias;
    }

    /// The column of a value, added when it is not there yet.
    Sql column(Sql value, Optional<Instant> after) {
      int place = values.indexOf(value);
      if (place < 0) {
        place = values.size();
        values.add(value);
      }
      earliest = earliest.flatMap(soFar -> after.map(moment -> moment.isBefore(soFar) ? moment : soFar));
      return Sql.of(alias + ".v" + place);
    }
  }

  /// A property of the event in hand.
  Sql property(Sql extracted) {
    return rows.property(extracted);
  }

  /// A property of the event in hand, read as a type.
  Sql converted(Sql value) {
    return rows.converted(value);
  }

  private <T> T over(EventRows others, Supplier<T> compiled) {
    var outer = rows;
    rows = others;
    try {
      return compiled.get();
    } finally {
      rows = outer;
    }
  }

  Sql aggregate(Formula.Aggregate aggregate, FormulaSql formulas) {
    return over(group(aggregate).rows, () -> value(aggregate, formulas));
  }

  private Sql value(Formula.Aggregate aggregate, FormulaSql formulas) {
    var filter = filter(aggregate.events(), formulas);
    var type = Typed.of(aggregate);
    return switch (aggregate.aggregation()) {
      case COUNT -> Sql.format("CAST(coalesce({}, 0) AS DOUBLE)",
          column(aggregate, formulas, Sql.format("count(*) FILTER (WHERE {})", filter)));
      case COUNT_DISTINCT -> Sql.format("CAST(coalesce({}, 0) AS DOUBLE)", column(aggregate, formulas,
          Sql.format("count(DISTINCT {}) FILTER (WHERE {})", of(aggregate, ValueType.TEXT, formulas), filter)));
      case SUM -> column(aggregate, formulas, dialect.sum(of(aggregate, ValueType.NUMBER, formulas), filter));
      case AVERAGE -> column(aggregate, formulas, dialect.average(of(aggregate, ValueType.NUMBER, formulas), filter));
      case MIN ->
        column(aggregate, formulas, Sql.format("min({}) FILTER (WHERE {})", of(aggregate, type, formulas), filter));
      case MAX ->
        column(aggregate, formulas, Sql.format("max({}) FILTER (WHERE {})", of(aggregate, type, formulas), filter));
      case FIRST, LAST, ARG_MAX, ARG_MIN -> endmost(aggregate, type, formulas);
    };
  }

  /// The value of one event, as the type that is wanted: the first, the last, or the one with most or least.
  Sql endmost(Formula.Aggregate aggregate, ValueType wanted, FormulaSql formulas) {
    return over(group(aggregate).rows, () -> one(aggregate, wanted, formulas));
  }

  private Sql one(Formula.Aggregate aggregate, ValueType wanted, FormulaSql formulas) {
    var value = of(aggregate, wanted, formulas);
    var time = Sql.of("e.ActivityTimestamp");
    var id = Sql.of("e.ActivityId");
    var filter = filter(aggregate.events(), formulas);
    return column(aggregate, formulas, aggregate.by().map(by -> dialect
        .extreme(aggregate.aggregation() == Aggregation.ARG_MIN, value, formulas.as(Typed.ranking(by), by), time, id,
            filter))
        .orElseGet(() -> dialect.endmost(aggregate.aggregation() == Aggregation.FIRST, value, time, id, filter)));
  }

  private static Sql of(Formula.Aggregate aggregate, ValueType wanted, FormulaSql formulas) {
    return formulas.as(wanted, aggregate.of().orElseThrow());
  }

  private Sql column(Formula.Aggregate aggregate, FormulaSql formulas, Sql value) {
    return group(aggregate).column(value, after(aggregate.events().window(), formulas));
  }

  private Group group(Formula.Aggregate aggregate) {
    var names = aggregate.events().pick().names().stream().sorted().distinct().toList();
    return groups.computeIfAbsent(names, _ -> new Group("e" + groups.size()));
  }

  /// Nothing at or before this moment counts.
  private Optional<Instant> after(Window window, FormulaSql formulas) {
    var within = window.within().map(span -> span.before(now))
        .or(() -> window.calendar().map(period -> period.from(now, formulas.zone()).minusNanos(1_000)));
    var from = window.from().map(moment -> moment.minusNanos(1_000));
    return within.isPresent() && from.isPresent() ? within.filter(start -> start.isAfter(from.get())).or(() -> from)
        : within.or(() -> from);
  }

  /// Whether one event counts.
  Sql counted(Events events, FormulaSql formulas) {
    return Sql.join(" AND ", List.of(named(events.pick().names()), untilNow(), filter(events, formulas)));
  }

  private Sql filter(Events events, FormulaSql formulas) {
    var parts = inWindow(events.window(), formulas);
    if (!events.pick().where().equals(Condition.ALWAYS)) {
      parts.add(formulas.condition(events.pick().where()));
    }
    return parts.isEmpty() ? Sql.of("TRUE") : Sql.join(" AND ", parts);
  }

  private List<Sql> inWindow(Window window, FormulaSql formulas) {
    var parts = new ArrayList<Sql>();
    window.since().ifPresent(pick -> parts.add(Sql.of("e.ActivityTimestamp > " + since(pick, formulas) + ".happened")));
    after(window, formulas)
        .ifPresent(moment -> parts.add(Sql.of("e.ActivityTimestamp > CAST(? AS TIMESTAMP)", moment)));
    window.to().ifPresent(
        moment -> parts.add(Sql.of("e.ActivityTimestamp < CAST(? AS TIMESTAMP)", FormulaSql.micros(moment))));
    window.calendar().ifPresent(period -> parts
        .add(Sql.of("e.ActivityTimestamp < CAST(? AS TIMESTAMP)", period.to(now, formulas.zone()))));
    return parts;
  }

  private static Sql named(List<String> names) {
    return names.isEmpty() ? Sql.of("TRUE")
        : Sql.format("e.ActivityName IN ({})",
            Sql.join(", ", names.stream().map(name -> Sql.of("?", name)).toList()));
  }

  /// When the event happened last. Whoever has none has no such moment, so nothing is later.
  private String since(Pick pick, FormulaSql formulas) {
    var events = new EventRows();
    var is = over(events, () -> matches(pick, formulas));
    var last = Sql.format("""
        SELECT e.CustomerId, max(e.ActivityTimestamp) AS happened FROM {} WHERE {} GROUP BY e.CustomerId""",
        events.from(Sql.format("{} AND {}", named(pick.names()), untilNow()), Map.of()), is);
    String name = sinces.computeIfAbsent(last, _ -> "since" + sinces.size());
    rows.beside(name);
    return name;
  }

  /// Events, beside each the moments that windows begin with.
  Sql events() {
    return rows.from(Sql.of("TRUE"), sinces);
  }

  private Sql untilNow() {
    return Sql.of("e.ActivityTimestamp <= CAST(? AS TIMESTAMP)", now);
  }

  /// From now on this is what a measure is.
  void computes(String measure, Sql value) {
    measures.put(measure, value);
  }

  /// From now on this says who is in a segment.
  void decides(String segment, Sql holds) {
    members.put(segment, holds);
  }

  /// A column of the table of measures, which is joined only when it is asked for.
  Sql measure(String name) {
    var computed = measures.get(name);
    if (computed != null) {
      return computed;
    }
    isMeasureUsed = true;
    return Sql.of("m." + Sql.quoted(name));
  }

  Sql member(String segment) {
    var decided = members.get(segment);
    if (decided != null) {
      return Sql.format("coalesce({}, FALSE)", decided);
    }
    return Sql.format("({}.CustomerId IS NOT NULL)", join(Sql.of("""
        SELECT DISTINCT CustomerId FROM SegmentMembership WHERE Segment = ?""", segment)));
  }

  /// One pass for each step: the latest moment at which a chain that ends in this row can have begun.
  /// [EventCompiler#sequence] says why the latest.
  Sql sequence(Condition.Sequence sequence, FormulaSql formulas) {
    return over(new EventRows(), () -> chain(sequence, formulas));
  }

  private Sql chain(Condition.Sequence sequence, FormulaSql formulas) {
    var steps = sequence.steps();
    var inside = inWindow(sequence.window(), formulas);
    var columns = new ArrayList<Sql>();
    for (int step = 0; step < steps.size(); step++) {
      columns.add(Sql.format("{} AS is_step" + step, matches(steps.get(step).pick(), formulas)));
    }
    var named = new ArrayList<>(steps.stream().map(Step::pick).toList());
    sequence.without().ifPresent(named::add);
    var some = new ArrayList<>(List.of(untilNow()));
    if (named.stream().noneMatch(pick -> pick.names().isEmpty())) {
      some.add(named(named.stream().flatMap(pick -> pick.names().stream()).distinct().toList()));
    }
    columns.add(Sql.format("{} AS not_between",
        sequence.without().map(pick -> matches(pick, formulas)).orElse(Sql.of("FALSE"))));
    Sql table = Sql.format("""
        SELECT e.CustomerId, e.ActivityTimestamp AS happened, {}
        FROM {} WHERE {}""", Sql.join(", ", columns), rows.from(Sql.join(" AND ", some), sinces),
        inside.isEmpty() ? Sql.of("TRUE") : Sql.join(" AND ", inside));
    table = Sql.format("SELECT *, CASE WHEN is_step0 THEN happened END AS began0 FROM ({})", table);
    for (int step = 1; step < steps.size(); step++) {
      table = Sql.format("""
          SELECT *, CASE WHEN is_step%d THEN max(began%d) OVER (PARTITION BY CustomerId ORDER BY happened
            RANGE BETWEEN {} PRECEDING AND INTERVAL '1 microsecond' PRECEDING) END AS began%d
          FROM ({})""".formatted(step, step - 1, step), reach(steps.get(step)), table);
    }
    return Sql.format("({}.CustomerId IS NOT NULL)", join(Sql.format("""
        SELECT DISTINCT CustomerId FROM (
          SELECT CustomerId, began%d AS began,
            max(CASE WHEN not_between THEN happened END) OVER (PARTITION BY CustomerId ORDER BY happened
              RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '1 microsecond' PRECEDING) AS refused
          FROM ({})) WHERE began IS NOT NULL AND (refused IS NULL OR refused <= began)""".formatted(steps.size() - 1),
        table)));
  }

  private Sql reach(Step step) {
    return step.within().map(span -> dialect.interval(span.secondsMax())).orElse(Sql.of("UNBOUNDED"));
  }

  private static Sql matches(Pick pick, FormulaSql formulas) {
    return Sql.format("coalesce({} AND {}, FALSE)", named(pick.names()), formulas.condition(pick.where()));
  }

  private Sql join(Sql table) {
    return Sql.of(joins.computeIfAbsent(table, _ -> "j" + joins.size()));
  }

  /// Everything the values asked for so far need, as LEFT JOINs to `c.CustomerId`.
  List<Sql> joined() {
    var all = new ArrayList<Sql>();
    if (isMeasureUsed) {
      all.add(Sql.of("LEFT JOIN Customer_Measure m ON m.CustomerId = c.CustomerId"));
    }
    groups.forEach((names, group) -> {
      var some = new ArrayList<>(List.of(named(names), untilNow()));
      group.earliest.filter(moment -> !moment.equals(Instant.MAX))
          .ifPresent(moment -> some.add(Sql.of("e.ActivityTimestamp > CAST(? AS TIMESTAMP)", moment)));
      var values = new ArrayList<Sql>();
      for (int i = 0; i < group.values.size(); i++) {
        values.add(Sql.format("{} AS v" + i, group.values.get(i)));
      }
      all.add(Sql.format("LEFT JOIN (SELECT e.CustomerId, {} FROM {} GROUP BY e.CustomerId) "
          + group.alias + " ON " + group.alias + ".CustomerId = c.CustomerId", Sql.join(", ", values),
          group.rows.from(Sql.join(" AND ", some), sinces)));
    });
    joins.forEach((table, alias) -> all.add(Sql.format(
        "LEFT JOIN ({}) " + alias + " ON " + alias + ".CustomerId = c.CustomerId", table)));
    return all;
  }
}
