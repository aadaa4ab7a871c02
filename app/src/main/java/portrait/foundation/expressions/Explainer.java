package portrait.foundation.expressions;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Says why: evaluates each part of a condition by itself and tells what it found.
final class Explainer {

  private static final int EVENTS_MAX = 20;

  private final ZoneId zone;
  private final Subject subject;
  private final Instant now;

  private Explainer(ZoneId zone, Subject subject, Instant now) {
    this.zone = zone;
    this.subject = subject;
    this.now = now;
  }

  static Explanation explain(Condition condition, ZoneId zone, Subject subject, Instant now) {
    return new Explainer(zone, subject, now).explain(condition);
  }

  private Explanation explain(Condition condition) {
    var moment = new Moment(subject, Span.micros(now));
    var holds = Optional.ofNullable(new ConditionCompiler(zone).compile(condition).of(moment));
    Optional<Instant> changesAt = moment.changesAt == Moment.NEVER ? Optional.empty()
        : Optional.of(Span.micros(moment.changesAt));
    var found = new ArrayList<String>();
    var events = new ArrayList<String>();
    var parts = switch (condition) {
      case Condition.All(var inner) -> inner.stream().map(this::explain).toList();
      case Condition.Any(var inner) -> inner.stream().map(this::explain).toList();
      case Condition.Not(var inner) -> List.of(explain(inner));
      case Condition.Comparison(var left, _, var right, _) -> {
        find(left, found, events);
        find(right, found, events);
        yield List.<Explanation>of();
      }
      case Condition.Between(var of, var low, var high) -> {
        find(of, found, events);
        find(low, found, events);
        find(high, found, events);
        yield List.<Explanation>of();
      }
      case Condition.OneOf(var of, _, _) -> found(of, found, events);
      case Condition.Matches(var of, _, _, _) -> found(of, found, events);
      case Condition.IsNull(var of) -> found(of, found, events);
      case Condition.InPeriod(var of, _) -> found(of, found, events);
      case Condition.Truth(var of) -> found(of, found, events);
      case Condition.Items(_, var of, _) -> {
        var items = new ConditionCompiler(zone).formulas().items(of).of(new Moment(subject, Span.micros(now)));
        found.add(TextWriter.write(of) + (items == null ? " is missing"
            : items.stream().map(EventCompiler::shown).collect(Collectors.joining(", ", " has ", ""))));
        yield List.<Explanation>of();
      }
      case Condition.Member(var segment) -> {
        found.add(subject.isMember(segment) ? "is in " + segment : "is not in " + segment);
        yield List.<Explanation>of();
      }
      case Condition.Sequence(var steps, _, var window) -> {
        for (var step : steps) {
          var counted = counted(new Events(step.pick(), window));
          found.add("%s: %d %s".formatted(String.join(" or ", step.pick().names()), counted.size(),
              counted.size() == 1 ? "event" : "events"));
          events.addAll(counted);
        }
        yield List.<Explanation>of();
      }
    };
    return new Explanation(TextWriter.write(condition), holds, found, events, changesAt, parts);
  }

  private List<Explanation> found(Formula of, List<String> found, List<String> events) {
    find(of, found, events);
    return List.of();
  }

  /// What the customer has for a formula; literals say nothing new.
  private void find(Formula formula, List<String> found, List<String> events) {
    switch (formula) {
      case Formula.Literal _ -> {
      }
      case Formula.Aggregate aggregate -> {
        found.add(value(formula));
        events.addAll(counted(aggregate.events()));
      }
      case Formula.Arithmetic(var left, _, var right) -> {
        find(left, found, events);
        find(right, found, events);
      }
      case Formula.Negative(var of) -> find(of, found, events);
      case Formula.Call(_, var arguments) -> arguments.forEach(argument -> find(argument, found, events));
      case Formula.Attribute _,Formula.Measure _,Formula.Property _,Formula.Item _,Formula.EventTime _,Formula.EventName _,Formula.Now _,Formula.Today _ ->
        found.add(value(formula));
    }
  }

  private String value(Formula formula) {
    var value = new ConditionCompiler(zone).formulas().as(Typed.of(formula), formula)
        .of(new Moment(subject, Span.micros(now)));
    return TextWriter.write(formula) + " is " + EventCompiler.shown(value);
  }

  private List<String> counted(Events events) {
    return EventCompiler.counted(events, zone, new Moment(subject, Span.micros(now)), EVENTS_MAX);
  }
}
