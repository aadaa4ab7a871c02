package portrait.foundation.expressions;

import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import java.util.stream.Collectors;
import portrait.foundation.expressions.Condition.Relation;
import portrait.foundation.expressions.Formula.Literal;

/// Compiles conditions for the live evaluator. Unknown is null, as NULL is in SQL.
final class ConditionCompiler {

  private final FormulaCompiler formulas;
  private final EventCompiler events;

  ConditionCompiler(ZoneId zone) {
    this.events = new EventCompiler(this, zone);
    this.formulas = new FormulaCompiler(zone, events);
  }

  FormulaCompiler formulas() {
    return formulas;
  }

  EventCompiler events() {
    return events;
  }

  Node.Truth compile(Condition condition) {
    return switch (condition) {
      case Condition.All(var parts) -> decided(compiled(parts), false);
      case Condition.Any(var parts) -> decided(compiled(parts), true);
      case Condition.Not(var part) -> {
        var positive = compile(part);
        yield moment -> {
          var truth = positive.of(moment);
          return truth == null ? null : !truth;
        };
      }
      case Condition.Comparison(Formula.Aggregate(var aggregation, _, _, var picked), var relation, Literal(var limit), _) when aggregation == Aggregation.COUNT
          && !Timing.isLookedAt(picked.pick().where()) && picked.window().since().isEmpty()
          && picked.window().calendar().isEmpty()
          && !Double.isNaN(Values.number(limit)) ->
        events.count(picked, relation, Values.number(limit));
      case Condition.Comparison(var left, var relation, var right, var isIgnoringCase) ->
        comparison(left, relation, right, isIgnoringCase);
      case Condition.Between(var of, var low, var high) ->
        decided(new Node.Truth[]{comparison(of, Relation.AT_LEAST, low, false),
            comparison(of, Relation.AT_MOST, high, false)}, false);
      case Condition.OneOf one -> oneOf(one);
      case Condition.Matches matches -> matches(matches);
      case Condition.IsNull(var of) -> {
        var value = formulas.as(Typed.of(of), of);
        yield moment -> value.of(moment) == null;
      }
      case Condition.InPeriod(var of, var period) -> inPeriod(formulas.timestamp(of), period);
      case Condition.Truth(var of) -> formulas.truth(of);
      case Condition.Items items -> items(items);
      case Condition.Member(var segment) -> moment -> moment.subject.isMember(segment);
      case Condition.Sequence sequence -> events.sequence(sequence);
    };
  }

  private Node.Truth items(Condition.Items items) {
    var list = formulas.items(items.of());
    var each = compile(items.each());
    boolean decisive = !items.isAll();
    return moment -> {
      var all = list.of(moment);
      if (all == null) {
        return null;
      }
      boolean isUnknown = false;
      for (Object item : all) {
        moment.item = item;
        var truth = each.of(moment);
        if (truth != null && truth == decisive) {
          return decisive;
        }
        isUnknown |= truth == null;
      }
      return isUnknown ? null : !decisive;
    };
  }

  private Node.Truth inPeriod(Node.Time of, CalendarPeriod period) {
    var frames = new Frames(period, formulas.zone());
    return moment -> {
      long at = of.of(moment);
      if (at == Values.NO_TIME) {
        return null;
      }
      moment.changes(frames.enters(at));
      moment.changes(frames.leaves(at));
      return frames.at(moment.now).holds(at);
    };
  }

  private Node.Truth[] compiled(List<Condition> parts) {
    return parts.stream().map(this::compile).toArray(Node.Truth[]::new);
  }

  /// `and` is decided by the first false part, `or` by the first true one. Until that part changes, nothing does.
  private static Node.Truth decided(Node.Truth[] parts, boolean decisive) {
    return moment -> {
      long before = moment.changesAt;
      boolean isUnknown = false;
      for (var part : parts) {
        long soFar = moment.changesAt;
        moment.changesAt = Moment.NEVER;
        var truth = part.of(moment);
        if (truth != null && truth == decisive) {
          moment.changesAt = Math.min(before, moment.changesAt);
          return decisive;
        }
        moment.changesAt = Math.min(soFar, moment.changesAt);
        isUnknown |= truth == null;
      }
      return isUnknown ? null : !decisive;
    };
  }

  private Node.Truth comparison(Formula left, Relation relation, Formula right, boolean isIgnoringCase) {
    return switch (Typed.common(left, right, isIgnoringCase)) {
      case TEXT -> texts(left, relation, right, isIgnoringCase);
      case NUMBER -> {
        var one = formulas.number(left);
        var other = formulas.number(right);
        yield moment -> numbers(one.of(moment), relation, other.of(moment));
      }
      case BOOLEAN -> {
        var one = formulas.truth(left);
        var other = formulas.truth(right);
        yield moment -> {
          var first = one.of(moment);
          var second = other.of(moment);
          return first == null || second == null ? null : relation.holds(Boolean.compare(first, second));
        };
      }
      case DATE -> times(formulas.date(left), relation, formulas.date(right));
      case TIMESTAMP -> timestamps(left, relation, right);
      case ANY -> {
        var one = formulas.any(left);
        var other = formulas.any(right);
        yield moment -> untyped(one.of(moment), relation, other.of(moment));
      }
    };
  }

  private static @Nullable Boolean numbers(double one, Relation relation, double other) {
    if (Double.isNaN(one) || Double.isNaN(other)) {
      return null;
    }
    return relation.holds(one < other ? -1 : one > other ? 1 : 0);
  }

  private static @Nullable Boolean untyped(
      @Nullable Object one, Relation relation,
      @Nullable Object other) {
    if (one == null || other == null) {
      return null;
    }
    double first = Values.number(one);
    double second = Values.number(other);
    if (!Double.isNaN(first) && !Double.isNaN(second)) {
      return numbers(first, relation, second);
    }
    return relation.holds(
        Texts.compare(Objects.requireNonNull(Values.text(one)), Objects.requireNonNull(Values.text(other))));
  }

  private Node.Truth texts(Formula left, Relation relation, Formula right, boolean isIgnoringCase) {
    var one = cased(formulas.text(left), isIgnoringCase);
    var other = cased(formulas.text(right), isIgnoringCase);
    return moment -> {
      String first = one.of(moment);
      String second = first == null ? null : other.of(moment);
      return first == null || second == null ? null : relation.holds(Texts.compare(first, second));
    };
  }

  private static Node.Text cased(Node.Text text, boolean isIgnoringCase) {
    return !isIgnoringCase ? text : moment -> {
      String value = text.of(moment);
      return value == null ? null : Texts.lower(value);
    };
  }

  private static Node.Truth times(Node.Time one, Relation relation, Node.Time other) {
    return moment -> {
      long first = one.of(moment);
      long second = other.of(moment);
      return first == Values.NO_TIME || second == Values.NO_TIME ? null
          : relation.holds(Long.compare(first, second));
    };
  }

  /// Beside now, the answer changes when now reaches the other side, and when it passes it.
  private Node.Truth timestamps(Formula left, Relation relation, Formula right) {
    if (right instanceof Formula.Now && !(left instanceof Formula.Now)) {
      return timestamps(right, relation.turned(), left);
    }
    var plain = times(formulas.timestamp(left), relation, formulas.timestamp(right));
    if (!(left instanceof Formula.Now now)) {
      return plain;
    }
    var other = formulas.timestamp(right);
    return moment -> {
      long edge = other.of(moment);
      if (edge == Values.NO_TIME) {
        return null;
      }
      moment.changes(reached(now, edge));
      moment.changes(reached(now, edge + 1));
      return relation.holds(Long.compare(FormulaCompiler.shifted(now, moment.now), edge));
    };
  }

  private static long reached(Formula.Now now, long edge) {
    return now.span().map(span -> now.isBefore() ? span.leavesMicros(edge) : span.reachesMicros(edge)).orElse(edge);
  }

  private Node.Truth oneOf(Condition.OneOf one) {
    return switch (Typed.common(one.of(), one.values().getFirst(), one.isIgnoringCase())) {
      case TEXT -> {
        var text = cased(formulas.text(one.of()), one.isIgnoringCase());
        Set<String> values = one.values().stream().map(value -> Objects.requireNonNull(Values.text(value.value())))
            .map(value -> one.isIgnoringCase() ? Texts.lower(value) : value).collect(Collectors.toUnmodifiableSet());
        yield moment -> {
          String value = text.of(moment);
          return value == null ? null : values.contains(value);
        };
      }
      case NUMBER -> {
        var number = formulas.number(one.of());
        // Adding zero makes minus zero plain zero, which the search takes for another number.
        double[] values = one.values().stream().mapToDouble(value -> Values.number(value.value()) + 0.0).sorted()
            .toArray();
        yield moment -> {
          double value = number.of(moment);
          return Double.isNaN(value) ? null : Arrays.binarySearch(values, value + 0.0) >= 0;
        };
      }
      case BOOLEAN, DATE, TIMESTAMP, ANY -> decided(one.values().stream()
          .map(value -> comparison(one.of(), Relation.EQUAL, value, false)).toArray(Node.Truth[]::new), true);
    };
  }

  private Node.Truth matches(Condition.Matches matches) {
    var text = cased(formulas.text(matches.of()), matches.isIgnoringCase());
    String pattern = matches.isIgnoringCase() ? Texts.lower(matches.pattern()) : matches.pattern();
    return moment -> {
      String value = text.of(moment);
      return value == null ? null : switch (matches.match()) {
        case CONTAINS -> value.contains(pattern);
        case STARTS_WITH -> value.startsWith(pattern);
        case ENDS_WITH -> value.endsWith(pattern);
        case LIKE -> Texts.like(value, pattern);
        case CHILD_OF -> Texts.isBelow(value, pattern);
        case PARENT_OF -> Texts.isBelow(pattern, value);
      };
    };
  }
}
