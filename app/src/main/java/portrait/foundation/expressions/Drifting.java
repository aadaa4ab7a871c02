package portrait.foundation.expressions;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Set;

/// Finds out what time does to an expression between two moments. Events that were ahead of time at the first moment and
/// no longer are at the second count as new ones, which is for the caller to see.
final class Drifting {

  private static final CalendarPeriod DAY = new CalendarPeriod(CalendarPeriod.Which.THIS, 1, CalendarPeriod.Unit.DAY);

  private final ZoneId zone;
  private final Instant from;
  private final Instant to;

  Drifting(ZoneId zone, Instant from, Instant to) {
    this.zone = zone;
    this.from = from;
    this.to = to;
  }

  Drift of(Expression expression) {
    return switch (expression) {
      case Formula.Now _ -> Drift.FOR_ALL;
      case Formula.Today _ -> over(DAY);
      case Formula.Call(var function, var arguments) ->
        function == Function.DAYS_SINCE ? Drift.FOR_ALL : all(arguments);
      case Formula.Arithmetic(var left, _, var right) -> of(left).and(of(right));
      case Formula.Negative(var of) -> of(of);
      case Formula.Aggregate(_, var of, var by, var events) -> of.map(this::of).orElse(Drift.NONE)
          .and(by.map(this::of).orElse(Drift.NONE)).and(of(events.pick().where()))
          .and(of(Set.copyOf(events.pick().names()), events.window()));
      case Formula.Literal _,Formula.Item _,Formula.Attribute _,Formula.Measure _,Formula.Property _,Formula.EventTime _,Formula.EventName _ ->
        Drift.NONE;
      case Condition.All(var parts) -> all(parts);
      case Condition.Any(var parts) -> all(parts);
      case Condition.Not(var part) -> of(part);
      case Condition.Comparison(var left, _, var right, _) -> of(left).and(of(right));
      case Condition.Between(var of, var low, var high) -> of(of).and(of(low)).and(of(high));
      case Condition.OneOf(var of, _, _) -> of(of);
      case Condition.Matches(var of, _, _, _) -> of(of);
      case Condition.IsNull(var of) -> of(of);
      case Condition.InPeriod(var of, var period) -> of(of).and(over(period));
      case Condition.Truth(var of) -> of(of);
      case Condition.Items(_, _, var each) -> of(each);
      case Condition.Member _ -> Drift.NONE;
      // Its steps and what must not lie between are looked for in one window, whatever their names.
      case Condition.Sequence(var steps, var without, var window) -> of(Set.of(), window)
          .and(all(steps.stream().map(step -> step.pick().where()).toList()))
          .and(without.map(pick -> of(pick.where())).orElse(Drift.NONE));
    };
  }

  private Drift all(Collection<? extends Expression> parts) {
    return parts.stream().map(this::of).reduce(Drift.NONE, Drift::and);
  }

  private Drift over(CalendarPeriod period) {
    return period.at(Span.micros(from), zone).equals(period.at(Span.micros(to), zone)) ? Drift.NONE : Drift.FOR_ALL;
  }

  /// What lies between the two places at which a window begins has dropped out of it. Fixed ends do not move.
  private Drift of(Set<String> names, Window window) {
    var drift = window.calendar().map(this::over).orElse(Drift.NONE)
        .and(window.since().map(pick -> of(pick.where())).orElse(Drift.NONE));
    return window.within()
        .map(span -> drift.and(new Drift(false, Set.of(new Drift.Slice(names, span.before(from), span.before(to))))))
        .orElse(drift);
  }
}
