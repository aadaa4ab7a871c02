package portrait.foundation.expressions;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.IsoFields;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Formula.Literal;

/// Compiles formulas for the live evaluator, each as the type that its surroundings want.
final class FormulaCompiler {

  private static final DateTimeFormatter TIME_OF_DAY = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final ZoneId zone;
  private final EventCompiler events;

  FormulaCompiler(ZoneId zone, EventCompiler events) {
    this.zone = zone;
    this.events = events;
  }

  ZoneId zone() {
    return zone;
  }

  Node.Number number(Formula formula) {
    return switch (formula) {
      case Literal(var value) -> {
        double constant = Values.number(value);
        yield _ -> constant;
      }
      case Formula.Arithmetic(var left, var operator, var right) -> arithmetic(number(left), operator, number(right));
      case Formula.Negative(var of) -> {
        var positive = number(of);
        yield moment -> -positive.of(moment);
      }
      case Formula.Call call when Typed.of(call) == ValueType.NUMBER && call.function() != Function.COALESCE ->
        numberCall(call);
      case Formula.Call(var function, var arguments) when function == Function.COALESCE -> {
        var choices = arguments.stream().map(this::number).toList();
        yield moment -> {
          for (var choice : choices) {
            double number = choice.of(moment);
            if (!Double.isNaN(number)) {
              return number;
            }
          }
          return Double.NaN;
        };
      }
      case Formula.Aggregate aggregate -> events.number(aggregate, this);
      case Formula.Attribute _,Formula.Measure _,Formula.Property _,Formula.Item _,Formula.EventName _,Formula.EventTime _,Formula.Now _,Formula.Today _,Formula.Call _ -> {
        var any = any(formula);
        yield moment -> Values.number(any.of(moment));
      }
    };
  }

  private static Node.Number arithmetic(Node.Number left, Formula.Operator operator, Node.Number right) {
    return switch (operator) {
      case ADD -> moment -> Values.finite(left.of(moment) + right.of(moment));
      case SUBTRACT -> moment -> Values.finite(left.of(moment) - right.of(moment));
      case MULTIPLY -> moment -> Values.finite(left.of(moment) * right.of(moment));
      // Division by zero yields NaN or infinity: both mean missing.
      case DIVIDE -> moment -> Values.finite(left.of(moment) / right.of(moment));
      case REMAINDER -> moment -> Values.finite(left.of(moment) % right.of(moment));
    };
  }

  private Node.Number numberCall(Formula.Call call) {
    var first = call.arguments().getFirst();
    return switch (call.function()) {
      case LENGTH -> {
        var text = text(first);
        yield moment -> {
          String value = text.of(moment);
          return value == null ? Double.NaN : Texts.length(value);
        };
      }
      case ABS -> {
        var number = number(first);
        yield moment -> Math.abs(number.of(moment));
      }
      case FLOOR -> {
        var number = number(first);
        yield moment -> Math.floor(number.of(moment));
      }
      case CEIL -> {
        var number = number(first);
        yield moment -> Math.ceil(number.of(moment));
      }
      case ROUND -> {
        var number = number(first);
        double scale = scale(call);
        yield moment -> Values.finite(rounded(number.of(moment) * scale) / scale);
      }
      case NUMBER -> number(first);
      case YEAR -> part(first, day -> LocalDate.ofEpochDay(day).getYear());
      case MONTH -> part(first, day -> LocalDate.ofEpochDay(day).getMonthValue());
      case DAY -> part(first, day -> LocalDate.ofEpochDay(day).getDayOfMonth());
      case DAY_OF_WEEK -> part(first, day -> LocalDate.ofEpochDay(day).getDayOfWeek().getValue());
      case QUARTER -> part(first, day -> (LocalDate.ofEpochDay(day).getMonthValue() + 2) / 3);
      case WEEK -> part(first, day -> LocalDate.ofEpochDay(day).get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      case HOUR -> clock(first, LocalDateTime::getHour);
      case MINUTE -> clock(first, LocalDateTime::getMinute);
      case SECOND -> clock(first, LocalDateTime::getSecond);
      case INDEX_OF -> {
        var text = text(first);
        var sought = text(call.arguments().getLast());
        yield moment -> {
          String in = text.of(moment);
          String what = sought.of(moment);
          return in == null || what == null ? Double.NaN : Texts.indexOf(in, what);
        };
      }
      case DAYS_SINCE -> {
        var time = timestamp(first);
        yield moment -> daysSince(time.of(moment), moment);
      }
      case LOWER, UPPER, TRIM, CONCAT, SUBSTRING, COALESCE, TEXT, TIME_OF_DAY, BOOLEAN, DATE, TIMESTAMP, START_OF_WEEK,
          START_OF_MONTH,
          START_OF_QUARTER, START_OF_YEAR ->
        throw new IllegalStateException(call.function() + " is no number");
    };
  }

  private Node.Number clock(Formula formula, ToIntFunction<LocalDateTime> part) {
    var time = timestamp(formula);
    return moment -> {
      long value = time.of(moment);
      return value == Values.NO_TIME ? Double.NaN
          : part.applyAsInt(LocalDateTime.ofInstant(Span.micros(value), zone));
    };
  }

  private static double daysSince(long value, Moment moment) {
    if (value == Values.NO_TIME) {
      return Double.NaN;
    }
    double days = Math.floor((double) (moment.now - value) / Values.DAY_MICROS);
    moment.changes(value + ((long) days + 1) * Values.DAY_MICROS);
    return days;
  }

  static double scale(Formula.Call call) {
    return call.arguments().size() == 2 && call.arguments().getLast() instanceof Literal(Long digits)
        ? Math.pow(10, digits)
        : 1;
  }

  /// Half goes away from zero.
  static double rounded(double number) {
    double whole = Math.floor(Math.abs(number));
    return Math.copySign(Math.abs(number) - whole >= 0.5 ? whole + 1 : whole, number);
  }

  private interface Part {
    int of(long day);
  }

  private Node.Number part(Formula formula, Part part) {
    var day = date(formula);
    return moment -> {
      long value = day.of(moment);
      return value == Values.NO_TIME ? Double.NaN : part.of(value);
    };
  }

  Node.Text text(Formula formula) {
    return switch (formula) {
      case Literal(var value) -> {
        String constant = Values.text(value);
        yield _ -> constant;
      }
      case Formula.EventName _ -> moment -> moment.event().name();
      case Formula.Call(var function, var arguments) when function == Function.COALESCE -> {
        var choices = arguments.stream().map(this::text).toList();
        yield moment -> {
          for (var choice : choices) {
            String text = choice.of(moment);
            if (text != null) {
              return text;
            }
          }
          return null;
        };
      }
      case Formula.Call(var function, var arguments) when function.result() == ValueType.TEXT ->
        textCall(function, arguments);
      case Formula.Attribute _,Formula.Measure _,Formula.Property _,Formula.Item _ -> {
        var any = any(formula);
        yield moment -> Values.text(any.of(moment));
      }
      case Formula.EventTime _,Formula.Now _,Formula.Today _,Formula.Arithmetic _,Formula.Negative _,Formula.Call _,Formula.Aggregate _ ->
        rendered(formula);
    };
  }

  private Node.Text rendered(Formula formula) {
    if (formula instanceof Formula.Aggregate aggregate && Typed.of(formula) == ValueType.TEXT
        || formula instanceof Formula.Aggregate && Typed.of(formula) == ValueType.ANY) {
      return events.text((Formula.Aggregate) formula, this);
    }
    return switch (Typed.of(formula)) {
      case NUMBER -> {
        var number = number(formula);
        yield moment -> {
          double value = number.of(moment);
          return Double.isNaN(value) ? null : Values.text(value);
        };
      }
      case DATE -> {
        var day = date(formula);
        yield moment -> {
          long value = day.of(moment);
          return value == Values.NO_TIME ? null : Values.dayText(value);
        };
      }
      case TIMESTAMP -> {
        var time = timestamp(formula);
        yield moment -> {
          long value = time.of(moment);
          return value == Values.NO_TIME ? null : Values.momentText(value);
        };
      }
      case BOOLEAN -> {
        var truth = truth(formula);
        yield moment -> {
          var value = truth.of(moment);
          return value == null ? null : value.toString();
        };
      }
      case TEXT, ANY -> throw new IllegalStateException("text of " + formula);
    };
  }

  private Node.Text textCall(Function function, List<Formula> arguments) {
    var first = text(arguments.getFirst());
    return switch (function) {
      case LOWER -> moment -> {
        String text = first.of(moment);
        return text == null ? null : Texts.lower(text);
      };
      case UPPER -> moment -> {
        String text = first.of(moment);
        return text == null ? null : Texts.upper(text);
      };
      case TRIM -> moment -> {
        String text = first.of(moment);
        return text == null ? null : Texts.trimmed(text);
      };
      case SUBSTRING -> {
        int from = place(arguments.get(1));
        int length = arguments.size() == 3 ? place(arguments.get(2)) : Integer.MAX_VALUE;
        yield moment -> {
          String text = first.of(moment);
          return text == null ? null : Texts.part(text, from, length);
        };
      }
      case CONCAT -> {
        var parts = arguments.stream().map(this::text).toList();
        yield moment -> {
          var whole = new StringBuilder();
          for (var part : parts) {
            String text = part.of(moment);
            if (text == null) {
              return null;
            }
            whole.append(text);
          }
          return whole.toString();
        };
      }
      case TIME_OF_DAY -> {
        var time = timestamp(arguments.getFirst());
        yield moment -> {
          long value = time.of(moment);
          return value == Values.NO_TIME ? null
              : TIME_OF_DAY.format(LocalDateTime.ofInstant(Span.micros(value), zone));
        };
      }
      case TEXT -> first;
      case LENGTH, ABS, ROUND, FLOOR, CEIL, YEAR, MONTH, DAY, DAY_OF_WEEK, QUARTER, WEEK, START_OF_WEEK, START_OF_MONTH,
          START_OF_QUARTER, START_OF_YEAR, HOUR, MINUTE, SECOND, INDEX_OF, DAYS_SINCE, COALESCE, NUMBER, BOOLEAN,
          DATE, TIMESTAMP ->
        throw new IllegalStateException(function + " is no text");
    };
  }

  /// A number of `substring`, which is written out.
  static int place(Formula formula) {
    return formula instanceof Literal(Long number) ? Math.toIntExact(number) : 0;
  }

  Node.Truth truth(Formula formula) {
    return switch (formula) {
      case Literal(var value) -> {
        Boolean constant = Values.truth(value);
        yield _ -> constant;
      }
      case Formula.Call(var function, var arguments) when function == Function.BOOLEAN -> truth(arguments.getFirst());
      case Formula.Call(var function, var arguments) when function == Function.COALESCE -> {
        var choices = arguments.stream().map(this::truth).toList();
        yield moment -> {
          for (var choice : choices) {
            var truth = choice.of(moment);
            if (truth != null) {
              return truth;
            }
          }
          return null;
        };
      }
      case Formula.Aggregate aggregate -> events.truth(aggregate, this);
      case Formula.Attribute _,Formula.Measure _,Formula.Property _,Formula.Item _,Formula.EventName _,Formula.EventTime _,Formula.Now _,Formula.Today _,Formula.Arithmetic _,Formula.Negative _,Formula.Call _ -> {
        var any = any(formula);
        yield moment -> Values.truth(any.of(moment));
      }
    };
  }

  Node.Time date(Formula formula) {
    if (formula instanceof Formula.Today) {
      return moment -> {
        long today = Values.dayOf(moment.now, zone);
        moment.changes(CalendarPeriod.firstOf(LocalDate.ofEpochDay(today + 1), zone));
        return today;
      };
    }
    if (formula instanceof Formula.Aggregate aggregate && isTimeOrAny(Typed.of(aggregate))) {
      return events.date(aggregate, this);
    }
    if (formula instanceof Formula.Call(var function, var arguments)) {
      if (function == Function.COALESCE) {
        return first(arguments.stream().map(this::date).toList());
      }
      if (function == Function.DATE) {
        return date(arguments.getFirst());
      }
      if (function.result() == ValueType.DATE) {
        var day = date(arguments.getFirst());
        return moment -> {
          long value = day.of(moment);
          return value == Values.NO_TIME ? Values.NO_TIME : start(function, LocalDate.ofEpochDay(value)).toEpochDay();
        };
      }
    }
    if (Typed.of(formula) == ValueType.TIMESTAMP) {
      var time = timestamp(formula);
      return moment -> Values.dayOf(time.of(moment), zone);
    }
    var any = any(formula);
    return moment -> Values.day(any.of(moment), zone);
  }

  /// The first day of the calendar period that a day lies in; weeks begin on Monday.
  private static LocalDate start(Function function, LocalDate day) {
    return switch (function) {
      case START_OF_WEEK -> day.minusDays(day.getDayOfWeek().getValue() - 1L);
      case START_OF_MONTH -> day.withDayOfMonth(1);
      case START_OF_QUARTER -> LocalDate.of(day.getYear(), (day.getMonthValue() - 1) / 3 * 3 + 1, 1);
      case START_OF_YEAR -> day.withDayOfYear(1);
      case LOWER, UPPER, TRIM, LENGTH, CONCAT, ABS, ROUND, FLOOR, CEIL, YEAR, MONTH, DAY, DAY_OF_WEEK, QUARTER, WEEK,
          HOUR, MINUTE, SECOND, SUBSTRING, INDEX_OF, TIME_OF_DAY, DAYS_SINCE, COALESCE, TEXT, NUMBER, BOOLEAN, DATE,
          TIMESTAMP ->
        throw new IllegalStateException(function + " begins nothing");
    };
  }

  Node.Time timestamp(Formula formula) {
    if (formula instanceof Formula.EventTime) {
      return moment -> Span.micros(moment.event().at());
    }
    if (formula instanceof Formula.Now now) {
      return moment -> shifted(now, moment.now);
    }
    if (formula instanceof Literal(var value)) {
      long constant = Values.moment(value, zone);
      return _ -> constant;
    }
    if (formula instanceof Formula.Aggregate aggregate && isTimeOrAny(Typed.of(aggregate))) {
      return events.timestamp(aggregate, this);
    }
    if (formula instanceof Formula.Call(var function, var arguments)) {
      if (function == Function.COALESCE) {
        return first(arguments.stream().map(this::timestamp).toList());
      }
      if (function == Function.TIMESTAMP) {
        return timestamp(arguments.getFirst());
      }
    }
    if (Typed.of(formula) == ValueType.DATE) {
      var day = date(formula);
      return moment -> Values.begin(day.of(moment), zone);
    }
    var any = any(formula);
    return moment -> Values.moment(any.of(moment), zone);
  }

  private static boolean isTimeOrAny(ValueType type) {
    return type == ValueType.DATE || type == ValueType.TIMESTAMP || type == ValueType.ANY;
  }

  static long shifted(Formula.Now now, long moment) {
    return now.span().map(span -> now.isBefore() ? span.beforeMicros(moment) : span.afterMicros(moment)).orElse(moment);
  }

  private static Node.Time first(List<Node.Time> choices) {
    return moment -> {
      for (var choice : choices) {
        long time = choice.of(moment);
        if (time != Values.NO_TIME) {
          return time;
        }
      }
      return Values.NO_TIME;
    };
  }

  /// The value as it is, for what has no type of its own; everything else as its own type.
  /// A list, which is an attribute or a property.
  Node.Items items(Formula formula) {
    return switch (formula) {
      case Formula.Attribute(var name) -> moment -> moment.subject.items(name);
      case Formula.Property(var path) -> moment -> moment.event().items(path);
      case Formula _ -> throw new IllegalStateException("no list: " + formula);
    };
  }

  Node.Any any(Formula formula) {
    return switch (formula) {
      case Literal(var value) -> _ -> value;
      case Formula.Attribute(var name) -> moment -> moment.subject.attribute(name);
      case Formula.Measure(var name) -> moment -> moment.subject.measure(name);
      case Formula.Property(var path) -> moment -> moment.event().property(path);
      case Formula.Item _ -> moment -> moment.item;
      case Formula.Call(var function, var arguments) when function == Function.COALESCE
          && Typed.of(formula) == ValueType.ANY -> {
        var choices = arguments.stream().map(this::any).toList();
        yield moment -> {
          for (var choice : choices) {
            Object value = choice.of(moment);
            if (value != null) {
              return value;
            }
          }
          return null;
        };
      }
      case Formula.Aggregate aggregate when Typed.of(aggregate) == ValueType.ANY -> events.any(aggregate, this);
      case Formula.EventName _,Formula.EventTime _,Formula.Now _,Formula.Today _,Formula.Arithmetic _,Formula.Negative _,Formula.Call _,Formula.Aggregate _ ->
        boxed(formula);
    };
  }

  private Node.Any boxed(Formula formula) {
    return switch (Typed.of(formula)) {
      case NUMBER -> {
        var number = number(formula);
        yield moment -> {
          double value = number.of(moment);
          return Double.isNaN(value) ? null : (Object) value;
        };
      }
      case TEXT -> text(formula)::of;
      case BOOLEAN -> truth(formula)::of;
      case DATE -> {
        var day = date(formula);
        yield moment -> {
          long value = day.of(moment);
          return value == Values.NO_TIME ? null : LocalDate.ofEpochDay(value);
        };
      }
      case TIMESTAMP -> {
        var time = timestamp(formula);
        yield moment -> {
          long value = time.of(moment);
          return value == Values.NO_TIME ? null : (Instant) Span.micros(value);
        };
      }
      case ANY -> throw new IllegalStateException("no type of " + formula);
    };
  }

  /// A value as a certain type, boxed; for results that are kept.
  Node.Any as(ValueType type, Formula formula) {
    return switch (type) {
      case NUMBER -> {
        var number = number(formula);
        yield moment -> {
          double value = number.of(moment);
          return Double.isNaN(value) ? null : (@Nullable Object) value;
        };
      }
      case TEXT -> text(formula)::of;
      case BOOLEAN -> truth(formula)::of;
      case DATE -> boxed(new Formula.Call(Function.DATE, List.of(formula)));
      case TIMESTAMP -> boxed(new Formula.Call(Function.TIMESTAMP, List.of(formula)));
      case ANY -> any(formula);
    };
  }
}
