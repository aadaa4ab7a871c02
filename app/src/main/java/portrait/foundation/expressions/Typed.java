package portrait.foundation.expressions;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import portrait.foundation.expressions.Condition.Relation;
import portrait.foundation.expressions.Formula.Literal;

/// Builds parts of the tree with the types checked: what cannot be compared is refused when it is written, and a text
/// literal beside a number, date or timestamp becomes one.
final class Typed {

  static final int VALUES_MAX = 10_000;

  private Typed() {}

  static ValueType of(Formula formula) {
    return switch (formula) {
      case Literal(var value) -> switch (value) {
        case null -> ValueType.ANY;
        case String _ -> ValueType.TEXT;
        case Boolean _ -> ValueType.BOOLEAN;
        case LocalDate _ -> ValueType.DATE;
        case Instant _ -> ValueType.TIMESTAMP;
        default -> ValueType.NUMBER;
      };
      case Formula.Attribute _,Formula.Measure _,Formula.Property _,Formula.Item _ -> ValueType.ANY;
      case Formula.EventTime _,Formula.Now _ -> ValueType.TIMESTAMP;
      case Formula.EventName _ -> ValueType.TEXT;
      case Formula.Today _ -> ValueType.DATE;
      case Formula.Arithmetic _,Formula.Negative _ -> ValueType.NUMBER;
      case Formula.Call(var function, var arguments) -> function == Function.COALESCE
          ? arguments.stream().map(Typed::of).filter(type -> type != ValueType.ANY).findFirst().orElse(ValueType.ANY)
          : function.result();
      case Formula.Aggregate(var aggregation, var of, _, _) -> switch (aggregation) {
        case COUNT, COUNT_DISTINCT, SUM, AVERAGE -> ValueType.NUMBER;
        case MIN, MAX -> of.map(Typed::of).filter(type -> type != ValueType.ANY).orElse(ValueType.NUMBER);
        case FIRST, LAST, ARG_MAX, ARG_MIN -> of.map(Typed::of).orElse(ValueType.ANY);
      };
    };
  }

  /// As which type two values are compared; `ANY` when neither says: as numbers if both read as one, else as text.
  static ValueType common(Formula left, Formula right, boolean isIgnoringCase) {
    if (isIgnoringCase) {
      return ValueType.TEXT;
    }
    ValueType one = of(left);
    ValueType other = of(right);
    if (one == ValueType.ANY || one == other) {
      return other;
    }
    // Two types that differ and were let through are a date and a timestamp: they meet as moments.
    return other == ValueType.ANY ? one : ValueType.TIMESTAMP;
  }

  static Condition comparison(Formula left, Relation relation, Formula right, boolean isIgnoringCase) {
    Formula first = fitted(left, right);
    Formula second = fitted(right, first);
    if (first instanceof Formula.Now && second instanceof Formula.Now) {
      throw new Mistake("now() stands on both sides: compare it with a date or timestamp");
    }
    ValueType one = of(first);
    ValueType other = of(second);
    boolean isTime = isTime(one) && isTime(other);
    if (one != other && one != ValueType.ANY && other != ValueType.ANY && !isTime) {
      throw new Mistake("%s is %s but is compared with %s, which is %s".formatted(TextWriter.write(first), one.words(),
          TextWriter.write(second), other.words()));
    }
    ValueType both = one == ValueType.ANY ? other : one;
    if (isIgnoringCase && both != ValueType.TEXT && both != ValueType.ANY) {
      throw new Mistake("ignore case is for text, but %s is %s"
          .formatted(TextWriter.write(one == ValueType.ANY ? second : first), both.words()));
    }
    if (both == ValueType.BOOLEAN && relation != Relation.EQUAL && relation != Relation.NOT_EQUAL) {
      throw new Mistake("true and false have no order: use = or <> instead of " + relation.sign());
    }
    return new Condition.Comparison(first, relation, second, isIgnoringCase);
  }

  static Condition between(Formula of, Formula low, Formula high) {
    var least = (Condition.Comparison) comparison(of, Relation.AT_LEAST, low, false);
    var most = (Condition.Comparison) comparison(least.left(), Relation.AT_MOST, high, false);
    return new Condition.Between(most.left(), least.right(), most.right());
  }

  static Condition oneOf(Formula of, List<Literal> values, boolean isIgnoringCase) {
    if (values.isEmpty() || values.size() > VALUES_MAX) {
      throw new Mistake("a list has 1 to %d values but this one has %d".formatted(VALUES_MAX, values.size()));
    }
    var first = of(values.getFirst());
    var fitted = values.stream().map(value -> {
      if (value.value() == null) {
        throw new Mistake("null cannot stand in a list: add \"or … is null\"");
      }
      if (of(value) != first) {
        throw new Mistake("a list mixes %s and %s".formatted(first.words(), of(value).words()));
      }
      return ((Condition.Comparison) comparison(of, Relation.EQUAL, value, isIgnoringCase)).right();
    }).map(Literal.class::cast).toList();
    return new Condition.OneOf(of, fitted, isIgnoringCase);
  }

  static Condition matches(Formula of, Condition.Match match, String pattern, boolean isIgnoringCase) {
    if (of(of) != ValueType.TEXT && of(of) != ValueType.ANY) {
      throw new Mistake("%s is for text, but %s is %s".formatted(match.words(), TextWriter.write(of), of(of).words()));
    }
    return new Condition.Matches(of, match, pattern, isIgnoringCase);
  }

  static Condition truth(Formula of) {
    if (of(of) != ValueType.BOOLEAN && of(of) != ValueType.ANY) {
      throw new Mistake("%s is %s but a condition is needed here".formatted(TextWriter.write(of), of(of).words()));
    }
    if (of instanceof Literal(Boolean value)) {
      return value ? Condition.ALWAYS : new Condition.Any(List.of());
    }
    return new Condition.Truth(of);
  }

  static Condition items(boolean isAll, Formula of, Condition each) {
    if (!(of instanceof Formula.Attribute || of instanceof Formula.Property)) {
      throw new Mistake("%s takes an attribute or a property that is a list, but has %s".formatted(
          isAll ? "all" : "any", TextWriter.write(of)));
    }
    return new Condition.Items(isAll, of, each);
  }

  static Condition isNull(Formula of) {
    refuseNow(of);
    return new Condition.IsNull(of);
  }

  static Formula arithmetic(Formula left, Formula.Operator operator, Formula right) {
    return new Formula.Arithmetic(wanted(left, ValueType.NUMBER, operator.sign()), operator,
        wanted(right, ValueType.NUMBER, operator.sign()));
  }

  static Formula negative(Formula of) {
    return switch (wanted(of, ValueType.NUMBER, "-")) {
      case Literal(Long number) -> new Literal(-number);
      case Literal(Double number) -> new Literal(-number);
      case Formula number -> new Formula.Negative(number);
    };
  }

  static Formula call(Function function, List<Formula> arguments) {
    int count = arguments.size();
    if (count < function.argumentsMin() || count > function.argumentsMax()) {
      throw new Mistake("%s takes %s but has %d".formatted(function.text(),
          function.argumentsMin() == function.argumentsMax() ? function.argumentsMin() + " value(s)"
              : function.argumentsMin() + " to " + function.argumentsMax() + " values",
          count));
    }
    if (function == Function.ROUND && count == 2
        && !(arguments.getLast() instanceof Literal(Long digits) && digits >= 0 && digits <= 9)) {
      throw new Mistake("round takes a whole number from 0 to 9 as its second value but has "
          + TextWriter.write(arguments.getLast()));
    }
    if (function == Function.SUBSTRING) {
      return substring(arguments);
    }
    if (function == Function.COALESCE) {
      var known = arguments.stream().filter(argument -> of(argument) != ValueType.ANY).findFirst();
      known.ifPresent(
          first -> arguments.forEach(argument -> comparison(first, Relation.EQUAL, argument, false)));
      arguments.forEach(Typed::refuseNow);
      return new Formula.Call(function, known.isEmpty() ? arguments
          : arguments.stream().map(argument -> fitted(argument, known.get())).toList());
    }
    return new Formula.Call(function,
        arguments.stream().map(argument -> wanted(argument, function.argument(), function.text())).toList());
  }

  /// Where it begins, counted from 0, and how long it is, are written out: both evaluators then read the same.
  private static Formula substring(List<Formula> arguments) {
    for (var place : arguments.subList(1, arguments.size())) {
      if (!(place instanceof Literal(Long number) && number >= 0 && number <= Integer.MAX_VALUE)) {
        throw new Mistake("substring takes whole numbers from 0 after the text but has " + TextWriter.write(place));
      }
    }
    var typed = new ArrayList<>(arguments);
    typed.set(0, wanted(arguments.getFirst(), ValueType.TEXT, Function.SUBSTRING.text()));
    return new Formula.Call(Function.SUBSTRING, typed);
  }

  static Condition inPeriod(Formula of, CalendarPeriod period) {
    return new Condition.InPeriod(wanted(of, ValueType.TIMESTAMP, "in " + period), period);
  }

  /// A window over events.
  static Window window(Optional<Span> within, Optional<CalendarPeriod> calendar, Optional<java.time.Instant> from,
      Optional<java.time.Instant> to, Optional<Pick> since) {
    calendar.filter(period -> period.which() == CalendarPeriod.Which.NEXT).ifPresent(period -> {
      throw new Mistake("within was '%s', but events lie in the past".formatted(period));
    });
    return new Window(within, calendar, from, to, since);
  }

  static Formula aggregate(Aggregation aggregation, Optional<Formula> of, Optional<Formula> by, Events events) {
    if (aggregation.isRanked() != by.isPresent()) {
      throw new Mistake(by.isPresent() ? "by belongs to arg_max and arg_min and has no place in " + aggregation.text()
          : "%s needs what decides: %s(category by amount of 'Event')".formatted(aggregation.text(),
              aggregation.text()));
    }
    if (aggregation == Aggregation.COUNT && of.isPresent()) {
      throw new Mistake("count takes no value; to count values use count_distinct, or where … is not null");
    }
    if (aggregation != Aggregation.COUNT && of.isEmpty()) {
      throw new Mistake(aggregation.text() + " needs a value: " + aggregation.text() + "(amount of 'Event')");
    }
    return new Formula.Aggregate(aggregation, of.map(value -> switch (aggregation) {
      case SUM, AVERAGE -> wanted(value, ValueType.NUMBER, aggregation.text());
      case MIN, MAX -> ordered(value, aggregation);
      case COUNT, COUNT_DISTINCT, FIRST, LAST, ARG_MAX, ARG_MIN -> value;
    }), by.map(value -> ordered(value, aggregation)), events);
  }

  /// As what values are put in order.
  static ValueType ranking(Formula by) {
    var type = of(by);
    return type == ValueType.ANY ? ValueType.NUMBER : type;
  }

  private static Formula ordered(Formula value, Aggregation aggregation) {
    refuseNow(value);
    if (of(value) == ValueType.TEXT || of(value) == ValueType.BOOLEAN) {
      throw new Mistake("%s is for numbers and times, but %s is %s".formatted(
          aggregation.isRanked() ? "by" : aggregation.text(), TextWriter.write(value), of(value).words()));
    }
    return value;
  }

  /// A text literal beside something with a type becomes that type.
  static Formula fitted(Formula formula, Formula beside) {
    return formula instanceof Literal(String text) ? literal(text, of(beside)) : formula;
  }

  private static Formula literal(String text, ValueType type) {
    return switch (type) {
      case TEXT, ANY -> new Literal(text);
      case NUMBER -> {
        double number = Values.number(text);
        yield new Literal(refuse(Double.isNaN(number), text, type) ? null : (Object) number);
      }
      case BOOLEAN -> {
        var truth = Values.truth(text);
        yield new Literal(refuse(truth == null, text, type) ? null : truth);
      }
      case DATE, TIMESTAMP -> {
        long day = text.length() == 10 ? Values.day(text, ZoneOffset.UTC) : Values.NO_TIME;
        long moment = Values.moment(text, ZoneOffset.UTC);
        refuse(moment == Values.NO_TIME, text, type);
        yield day != Values.NO_TIME ? new Literal(LocalDate.ofEpochDay(day)) : new Literal(Span.micros(moment));
      }
    };
  }

  private static boolean refuse(boolean isWrong, String text, ValueType type) {
    if (isWrong) {
      throw new Mistake("'%s' is compared with %s but is none".formatted(text, type.words()));
    }
    return false;
  }

  private static Formula wanted(Formula formula, ValueType type, String by) {
    refuseNow(formula);
    ValueType found = of(formula);
    if (type == ValueType.ANY || found == ValueType.ANY || found == type || isTime(found) && isTime(type)) {
      return formula;
    }
    if (formula instanceof Literal(String text) && type != ValueType.TEXT) {
      return literal(text, type);
    }
    throw new Mistake(
        "%s takes %s, but %s is %s".formatted(by, type.words(), TextWriter.write(formula), found.words()));
  }

  private static void refuseNow(Formula formula) {
    if (formula instanceof Formula.Now) {
      throw new Mistake("now() can only be compared; today() and days_since(…) may stand anywhere");
    }
  }

  private static boolean isTime(ValueType type) {
    return type == ValueType.DATE || type == ValueType.TIMESTAMP;
  }
}
