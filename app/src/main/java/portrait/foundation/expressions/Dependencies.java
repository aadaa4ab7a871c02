package portrait.foundation.expressions;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/// Finds what an expression depends on.
final class Dependencies {

  private Dependencies() {}

  static Uses of(Expression expression) {
    return switch (expression) {
      case Formula.Attribute(var name) -> of(Set.of(), Set.of(name), Set.of(), Set.of());
      case Formula.Measure(var name) -> of(Set.of(), Set.of(), Set.of(name), Set.of());
      case Formula.Property(var path) -> of(Set.of(path), Set.of(), Set.of(), Set.of());
      case Formula.Literal _,Formula.Item _,Formula.EventTime _,Formula.EventName _,Formula.Now _,Formula.Today _ ->
        Uses.NOTHING;
      case Formula.Arithmetic(var left, _, var right) -> of(left).and(of(right));
      case Formula.Negative(var of) -> of(of);
      case Formula.Call(_, var arguments) -> of(arguments);
      case Formula.Aggregate(_, var of, var by, var events) ->
        of(events.pick(), events.window()).and(of.map(Dependencies::of).orElse(Uses.NOTHING))
            .and(by.map(Dependencies::of).orElse(Uses.NOTHING));
      case Condition.All(var parts) -> of(parts);
      case Condition.Any(var parts) -> of(parts);
      case Condition.Not(var part) -> of(part);
      case Condition.Comparison(var left, _, var right, _) -> of(left).and(of(right));
      case Condition.Between(var of, var low, var high) -> of(of).and(of(low)).and(of(high));
      case Condition.OneOf(var of, _, _) -> of(of);
      case Condition.Matches(var of, _, _, _) -> of(of);
      case Condition.IsNull(var of) -> of(of);
      case Condition.InPeriod(var of, _) -> of(of);
      case Condition.Truth(var of) -> of(of);
      case Condition.Items(_, var of, var each) -> of(of).and(of(each));
      case Condition.Member(var segment) -> of(Set.of(), Set.of(), Set.of(), Set.of(segment));
      case Condition.Sequence(var steps, var without, var window) ->
        steps.stream().map(step -> of(step.pick(), window)).reduce(Uses.NOTHING, Uses::and)
            .and(without.map(pick -> of(pick, window)).orElse(Uses.NOTHING));
    };
  }

  private static Uses of(Set<String> properties, Set<String> attributes, Set<String> measures, Set<String> segments) {
    return new Uses(Set.of(), false, properties, attributes, measures, segments, Optional.empty(), false);
  }

  private static Uses of(Collection<? extends Expression> parts) {
    return parts.stream().map(Dependencies::of).reduce(Uses.NOTHING, Uses::and);
  }

  private static Uses of(Pick pick, Window window) {
    var counted = new Uses(Set.copyOf(pick.names()), pick.names().isEmpty(), Set.of(), Set.of(), Set.of(), Set.of(),
        window.within().or(() -> window.calendar().map(CalendarPeriod::reach)), !window.isMoving())
        .and(of(pick.where()));
    return window.since().map(since -> counted.and(of(since, Window.ALL))).orElse(counted);
  }
}
