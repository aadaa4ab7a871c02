package portrait.foundation.expressions;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.Collectors;
import java.util.Collections;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The second opinion: docs/reference/expressions.md read sentence by sentence, as plainly as it can be, with boxed
/// values, nested loops and no care for speed.
final class Reference {

  private final Someone who;
  private final Instant now;
  private final ZoneId zone;

  private @Nullable Object item;

  Reference(Someone who, Instant now, ZoneId zone) {
    this.who = who;
    this.now = now;
    this.zone = zone;
  }

  @Nullable
  Boolean condition(Condition condition, Someone.@Nullable Did event) {
    return switch (condition) {
      case Condition.All(var parts) -> {
        var found = parts.stream().map(part -> String.valueOf(condition(part, event))).toList();
        yield found.contains("false") ? Boolean.FALSE : found.contains("null") ? null : Boolean.TRUE;
      }
      case Condition.Any(var parts) -> {
        var found = parts.stream().map(part -> String.valueOf(condition(part, event))).toList();
        yield found.contains("true") ? Boolean.TRUE : found.contains("null") ? null : Boolean.FALSE;
      }
      case Condition.Not(var part) -> {
        var truth = condition(part, event);
        yield truth == null ? null : !truth;
      }
      case Condition.Comparison(var left, var relation, var right, var isIgnoringCase) ->
        compare(left, relation.sign(), right, isIgnoringCase, event);
      case Condition.Between(var of, var low, var high) -> condition(
          new Condition.All(List.of(new Condition.Comparison(of, Condition.Relation.AT_LEAST, low, false),
              new Condition.Comparison(of, Condition.Relation.AT_MOST, high, false))),
          event);
      case Condition.OneOf(var of, var values, var isIgnoringCase) -> condition(new Condition.Any(values.stream()
          .<Condition>map(value -> new Condition.Comparison(of, Condition.Relation.EQUAL, value, isIgnoringCase))
          .toList()), event);
      case Condition.Matches(var of, var match, var pattern, var isIgnoringCase) -> {
        String text = (String) value(of, ValueType.TEXT, event);
        if (text == null) {
          yield null;
        }
        String in = isIgnoringCase ? cased(text, false) : text;
        String wanted = isIgnoringCase ? cased(pattern, false) : pattern;
        yield switch (match) {
          case CONTAINS -> in.indexOf(wanted) >= 0;
          case STARTS_WITH -> in.startsWith(wanted);
          case ENDS_WITH -> in.endsWith(wanted);
          case CHILD_OF -> in.matches("(?s)" + Pattern.quote(wanted + "/") + ".+");
          case PARENT_OF -> wanted.matches("(?s)" + Pattern.quote(in + "/") + ".+");
          case LIKE -> Pattern.compile(wanted.codePoints().mapToObj(c -> c == '%' ? ".*"
              : c == '_' ? "."
                  : Pattern.quote(Character.toString(c)))
              .collect(java.util.stream.Collectors.joining()), Pattern.DOTALL).matcher(in).matches();
        };
      }
      case Condition.InPeriod(var of, var period) -> {
        var at = (Instant) value(of, ValueType.TIMESTAMP, event);
        yield at == null ? null : isIn(period, at);
      }
      case Condition.IsNull(var of) -> value(of, Typed.of(of), event) == null;
      case Condition.Truth(var of) -> (Boolean) value(of, ValueType.BOOLEAN, event);
      case Condition.Items(var isAll, var of, var each) -> {
        var items = switch (of) {
          case Formula.Attribute(var name) -> who.items(name);
          case Formula.Property(var path) -> Objects.requireNonNull(event).items(path);
          case Formula _ -> throw new IllegalStateException();
        };
        if (items == null) {
          yield null;
        }
        var found = new ArrayList<String>();
        for (Object one : items) {
          var inside = new Reference(who, now, zone);
          inside.item = one;
          found.add(String.valueOf(inside.condition(each, event)));
        }
        String decisive = isAll ? "false" : "true";
        yield found.contains(decisive) ? Boolean.valueOf(!isAll)
            : found.contains("null") ? null : Boolean.valueOf(isAll);
      }
      case Condition.Member(var segment) -> who.segments().contains(segment);
      case Condition.Sequence sequence -> chains(sequence, 0, null, null);
    };
  }

  /// Goes through the days of the period, one by one.
  private boolean isIn(CalendarPeriod period, Instant at) {
    var here = unitOf(LocalDate.ofInstant(now, zone), period.unit());
    var low = switch (period.which()) {
      case THIS -> 0;
      case LAST -> -(period.amount() - 1);
      case PREVIOUS -> -period.amount();
      case NEXT -> 1;
    };
    var high = switch (period.which()) {
      case THIS, LAST -> 0;
      case PREVIOUS -> -1;
      case NEXT -> period.amount();
    };
    long away = unitOf(LocalDate.ofInstant(at, zone), period.unit()) - here;
    return away >= low && away <= high;
  }

  /// Days, weeks, … since 1 January of the year 0, a Saturday.
  private static long unitOf(LocalDate day, CalendarPeriod.Unit unit) {
    return switch (unit) {
      case DAY -> day.toEpochDay();
      case WEEK -> Math.floorDiv(java.time.temporal.ChronoUnit.DAYS.between(LocalDate.of(0, 1, 3), day), 7L);
      case MONTH -> day.getYear() * 12L + day.getMonthValue();
      case QUARTER -> day.getYear() * 4L + (day.getMonthValue() - 1) / 3;
      case YEAR -> day.getYear();
    };
  }

  /// Tries every way to pick one event for each step.
  private boolean chains(Condition.Sequence sequence, int step, @Nullable Instant first, @Nullable Instant last) {
    if (step == sequence.steps().size()) {
      return sequence.without().isEmpty() || picked(new Events(sequence.without().get(), sequence.window())).stream()
          .noneMatch(event -> event.at().isAfter(first) && event.at().isBefore(last));
    }
    var wanted = sequence.steps().get(step);
    for (var event : picked(new Events(wanted.pick(), sequence.window()))) {
      boolean follows = last == null || event.at().isAfter(last) && (wanted.within().isEmpty()
          || Duration.between(last, event.at()).compareTo(Duration.ofSeconds(wanted.within().get().secondsMax())) <= 0);
      if (follows && chains(sequence, step + 1, first == null ? event.at() : first, event.at())) {
        return true;
      }
    }
    return false;
  }

  private List<Someone.Did> picked(Events events) {
    var found = new ArrayList<Someone.Did>();
    for (var event : who.events()) {
      var window = events.window();
      boolean isInside = !event.at().isAfter(now)
          && (window.within().isEmpty() || event.at().isAfter(shift(window.within().get(), -1)))
          && (window.calendar().isEmpty() || isIn(window.calendar().get(), event.at()))
          && (window.from().isEmpty() || !event.at().isBefore(window.from().get()))
          && (window.to().isEmpty() || event.at().isBefore(window.to().get()));
      if (window.since().isPresent()) {
        var last = picked(new Events(window.since().get(), Window.ALL));
        isInside &= !last.isEmpty() && event.at().isAfter(last.getLast().at());
      }
      boolean isNamed = events.pick().names().isEmpty() || events.pick().names().contains(event.name());
      if (isInside && isNamed && Boolean.TRUE.equals(condition(events.pick().where(), event))) {
        found.add(event);
      }
    }
    return found;
  }

  private Instant shift(Span span, int sign) {
    long amount = sign * (long) span.amount();
    return switch (span.unit()) {
      case MONTH, YEAR -> {
        var here = now.atOffset(ZoneOffset.UTC).toLocalDateTime();
        var there = java.time.YearMonth.from(here).plusMonths(span.unit() == Span.Unit.YEAR ? 12 * amount : amount);
        yield there.isValidDay(here.getDayOfMonth())
            ? there.atDay(here.getDayOfMonth()).atTime(here.toLocalTime()).toInstant(ZoneOffset.UTC)
            : there.atEndOfMonth().atTime(LocalTime.of(23, 59, 59, 999_999_000)).toInstant(ZoneOffset.UTC);
      }
      case SECOND, MINUTE, HOUR, DAY, WEEK -> now.plusSeconds(sign * span.secondsMax());
    };
  }

  private @Nullable Boolean compare(Formula left, String sign, Formula right, boolean isIgnoringCase,
      Someone.@Nullable Did event) {
    var type = Typed.common(left, right, isIgnoringCase);
    Object one = value(left, type, event);
    Object other = value(right, type, event);
    if (one == null || other == null) {
      return null;
    }
    if (type == ValueType.ANY) {
      Object first = as(one, ValueType.NUMBER);
      Object second = as(other, ValueType.NUMBER);
      boolean areNumbers = first != null && second != null;
      one = Objects.requireNonNull(areNumbers ? first : as(one, ValueType.TEXT));
      other = Objects.requireNonNull(areNumbers ? second : as(other, ValueType.TEXT));
    }
    int comparison = switch (one) {
      case String text -> bytewise(isIgnoringCase ? cased(text, false) : text,
          isIgnoringCase ? cased((String) other, false) : (String) other);
      case Double number -> number == (double) other ? 0 : number.compareTo((Double) other);
      case Boolean truth -> truth.compareTo((Boolean) other);
      case LocalDate day -> day.compareTo((LocalDate) other);
      case Instant moment -> moment.compareTo((Instant) other);
      default -> throw new IllegalStateException();
    };
    return switch (sign) {
      case "=" -> comparison == 0;
      case "<>" -> comparison != 0;
      case "<" -> comparison < 0;
      case "<=" -> comparison <= 0;
      case ">" -> comparison > 0;
      default -> comparison >= 0;
    };
  }

  private static int bytewise(String one, String other) {
    return java.util.Arrays.compareUnsigned(one.getBytes(java.nio.charset.StandardCharsets.UTF_8),
        other.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Nullable
  Object value(Formula formula, ValueType wanted, Someone.@Nullable Did event) {
    if (formula instanceof Formula.Call(var function, var arguments) && function == Function.COALESCE) {
      return arguments.stream().map(argument -> value(argument, wanted, event)).filter(Objects::nonNull).findFirst()
          .orElse(null);
    }
    if (formula instanceof Formula.Aggregate aggregate) {
      boolean isUntyped = Typed.of(aggregate) == ValueType.ANY;
      var natural = aggregate(aggregate, isUntyped ? wanted : Typed.of(aggregate));
      return as(natural, wanted);
    }
    return as(natural(formula, event), wanted);
  }

  private @Nullable Object aggregate(Formula.Aggregate aggregate, ValueType type) {
    var events = picked(aggregate.events());
    if (aggregate.aggregation() == Aggregation.COUNT) {
      return (double) events.size();
    }
    var of = aggregate.of().orElseThrow();
    if (aggregate.aggregation() == Aggregation.COUNT_DISTINCT) {
      var texts = new TreeSet<String>();
      events.forEach(
          event -> java.util.Optional.ofNullable((String) value(of, ValueType.TEXT, event)).ifPresent(texts::add));
      return (double) texts.size();
    }
    var values = new ArrayList<Object>();
    for (var event : events) {
      Object value = value(of, type, event);
      if (value != null) {
        values.add(value);
      }
    }
    return switch (aggregate.aggregation()) {
      case ARG_MAX, ARG_MIN -> ranked(events, of, aggregate.by().orElseThrow(), type,
          aggregate.aggregation() == Aggregation.ARG_MAX);
      case FIRST -> values.isEmpty() ? null : values.getFirst();
      case LAST -> values.isEmpty() ? null : values.getLast();
      case MIN, MAX -> values.stream().sorted((one, other) -> {
        @SuppressWarnings("unchecked")
        int comparison = ((Comparable<Object>) one).compareTo(other);
        return aggregate.aggregation() == Aggregation.MIN ? comparison : -comparison;
      }).findFirst().orElse(null);
      case SUM, AVERAGE -> {
        var parts = values.stream().map(Double.class::cast).filter(number -> Math.abs(number) < 1e18).toList();
        var total = BigInteger.ZERO;
        for (double part : parts) {
          total = total.add(new BigDecimal(part * 1e9).setScale(0, RoundingMode.HALF_UP).toBigInteger());
        }
        double sum = total.doubleValue() / 1e9;
        yield parts.isEmpty() ? null : aggregate.aggregation() == Aggregation.SUM ? sum : sum / parts.size();
      }
      case COUNT, COUNT_DISTINCT -> throw new IllegalStateException();
    };
  }

  /// Sorts all events by what decides, then takes the outermost.
  private @Nullable Object ranked(List<Someone.Did> events, Formula of, Formula by, ValueType type, boolean isMost) {
    var rank = Typed.of(by) == ValueType.ANY ? ValueType.NUMBER : Typed.of(by);
    var rows = new ArrayList<Object[]>();
    for (var event : events) {
      Object value = value(of, type, event);
      Object ranked = value(by, rank, event);
      if (value != null && ranked != null) {
        rows.add(new Object[]{ranked instanceof Double number ? number + 0.0 : ranked, value});
      }
    }
    rows.sort((one, other) -> {
      @SuppressWarnings("unchecked")
      int comparison = ((Comparable<Object>) one[0]).compareTo(other[0]);
      return comparison;
    });
    return rows.isEmpty() ? null : (isMost ? rows.getLast() : rows.getFirst())[1];
  }

  private @Nullable Object natural(Formula formula, Someone.@Nullable Did event) {
    return switch (formula) {
      case Formula.Literal(var value) -> value;
      case Formula.Attribute(var name) -> who.attribute(name);
      case Formula.Item _ -> item;
      case Formula.Measure(var name) -> who.measure(name);
      case Formula.Property(var path) -> Objects.requireNonNull(event).property(path);
      case Formula.EventTime _ -> Objects.requireNonNull(event).at();
      case Formula.EventName _ -> Objects.requireNonNull(event).name();
      case Formula.Now(var span, var isBefore) -> span.map(length -> shift(length, isBefore ? -1 : 1)).orElse(now);
      case Formula.Today _ -> LocalDate.ofInstant(now, zone);
      case Formula.Arithmetic(var left, var operator, var right) -> {
        var one = (Double) value(left, ValueType.NUMBER, event);
        var other = (Double) value(right, ValueType.NUMBER, event);
        if (one == null || other == null) {
          yield null;
        }
        double result = switch (operator) {
          case ADD -> one + other;
          case SUBTRACT -> one - other;
          case MULTIPLY -> one * other;
          case DIVIDE -> one / other;
          case REMAINDER -> one % other;
        };
        yield Double.isFinite(result) ? (Object) result : null;
      }
      case Formula.Negative(var of) -> {
        var number = (Double) value(of, ValueType.NUMBER, event);
        yield number == null ? null : -number;
      }
      case Formula.Call(var function, var arguments) -> call(function, arguments, event);
      case Formula.Aggregate _ -> throw new IllegalStateException();
    };
  }

  private @Nullable Object call(Function function, List<Formula> arguments, Someone.@Nullable Did event) {
    if (function == Function.CONCAT) {
      var parts = arguments.stream().map(argument -> (String) value(argument, ValueType.TEXT, event)).toList();
      return parts.contains(null) ? null : String.join("", parts);
    }
    var wanted = function.argument() == ValueType.ANY ? function.result() : function.argument();
    Object first = value(arguments.getFirst(), wanted, event);
    if (first == null) {
      return null;
    }
    return switch (function) {
      case LOWER -> cased((String) first, false);
      case UPPER -> cased((String) first, true);
      case TRIM -> ((String) first).replaceAll("^ +| +$", "");
      case LENGTH -> (double) ((String) first).codePoints().count();
      case ABS -> Math.abs((Double) first);
      case FLOOR -> Math.floor((Double) first);
      case CEIL -> Math.ceil((Double) first);
      case ROUND -> {
        double scale = arguments.size() == 1 ? 1
            : Math.pow(10, (Long) Objects.requireNonNull(((Formula.Literal) arguments.get(1)).value()));
        double scaled = (Double) first * scale;
        yield Double.isInfinite(scaled) ? null
            : new BigDecimal(scaled).setScale(0, RoundingMode.HALF_UP).doubleValue() / scale;
      }
      case YEAR -> (double) ((LocalDate) first).getYear();
      case MONTH -> (double) ((LocalDate) first).getMonthValue();
      case DAY -> (double) ((LocalDate) first).getDayOfMonth();
      case DAY_OF_WEEK -> (double) ((LocalDate) first).getDayOfWeek().getValue();
      case QUARTER -> (double) ((LocalDate) first).get(java.time.temporal.IsoFields.QUARTER_OF_YEAR);
      case WEEK -> (double) ((LocalDate) first).get(java.time.temporal.WeekFields.ISO.weekOfWeekBasedYear());
      case START_OF_WEEK -> ((LocalDate) first)
          .with(java.time.temporal.TemporalAdjusters.previousOrSame(java.time.DayOfWeek.MONDAY));
      case START_OF_MONTH -> ((LocalDate) first).with(java.time.temporal.TemporalAdjusters.firstDayOfMonth());
      case START_OF_QUARTER -> ((LocalDate) first).with(java.time.temporal.IsoFields.DAY_OF_QUARTER, 1);
      case START_OF_YEAR -> ((LocalDate) first).with(java.time.temporal.TemporalAdjusters.firstDayOfYear());
      case TIME_OF_DAY ->
        ((Instant) first).atZone(zone).toLocalTime().truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
            .format(java.time.format.DateTimeFormatter.ISO_LOCAL_TIME);
      case HOUR -> (double) ((Instant) first).atZone(zone).getHour();
      case MINUTE -> (double) ((Instant) first).atZone(zone).getMinute();
      case SECOND -> (double) ((Instant) first).atZone(zone).getSecond();
      case SUBSTRING -> characters((String) first).skip(number(arguments.get(1)))
          .limit(arguments.size() == 3 ? number(arguments.get(2)) : Long.MAX_VALUE).collect(Collectors.joining());
      case INDEX_OF -> {
        var sought = (String) value(arguments.getLast(), ValueType.TEXT, event);
        if (sought == null) {
          yield null;
        }
        var in = characters((String) first).toList();
        yield (double) Collections.indexOfSubList(in, characters(sought).toList());
      }
      case DAYS_SINCE -> Math.floor((double) micros(Duration.between((Instant) first, now)) / 86_400_000_000L);
      case TEXT, NUMBER, BOOLEAN, DATE, TIMESTAMP -> first;
      case CONCAT, COALESCE -> throw new IllegalStateException();
    };
  }

  private static Stream<String> characters(String text) {
    return text.codePoints().mapToObj(Character::toString);
  }

  private static long number(Formula written) {
    return (Long) Objects.requireNonNull(((Formula.Literal) written).value());
  }

  private static long micros(Duration duration) {
    return Math.addExact(Math.multiplyExact(duration.getSeconds(), 1_000_000L), duration.getNano() / 1_000);
  }

  private static String cased(String text, boolean isUpper) {
    var all = new StringBuilder();
    text.codePoints().forEach(c -> all.append(isUpper ? c == 'ß' ? "ẞ" : Character.toString(Character.toUpperCase(c))
        : Character.toString(Character.toLowerCase(c))));
    return all.toString();
  }

  /// The table of conversions.
  private @Nullable Object as(@Nullable Object value, ValueType wanted) {
    if (value == null) {
      return null;
    }
    String text = value instanceof String string ? string : "";
    return switch (wanted) {
      case ANY -> value;
      case TEXT -> text(value);
      case NUMBER -> switch (value) {
        case Long number -> number.doubleValue();
        case Double number -> number;
        case String _ when text.matches("[+-]?\\d+(\\.\\d+)?([eE][+-]?\\d+)?")
            && Double.isFinite(Double.parseDouble(text)) ->
          Double.parseDouble(text);
        default -> null;
      };
      case BOOLEAN -> value instanceof Boolean ? value
          : cased(text, false).equals("true") ? Boolean.TRUE
              : cased(text, false).equals("false") ? Boolean.FALSE : null;
      case DATE -> switch (value) {
        case LocalDate day -> day;
        case Instant moment -> LocalDate.ofInstant(moment, zone);
        default -> {
          var day = day(text);
          var moment = moment(text);
          yield day != null ? day : moment == null ? null : LocalDate.ofInstant(moment, zone);
        }
      };
      case TIMESTAMP -> switch (value) {
        case Instant moment -> moment.truncatedTo(java.time.temporal.ChronoUnit.MICROS);
        case LocalDate day -> begin(day);
        default -> {
          var day = day(text);
          yield day != null ? begin(day) : moment(text);
        }
      };
    };
  }

  private Instant begin(LocalDate day) {
    return ZonedDateTime.of(day, LocalTime.MIDNIGHT, zone).withLaterOffsetAtOverlap().toInstant();
  }

  private static @Nullable LocalDate day(String text) {
    try {
      return text.matches("\\d{4}-\\d\\d-\\d\\d") ? LocalDate.parse(text) : null;
    } catch (java.time.DateTimeException impossible) {
      return null;
    }
  }

  private static @Nullable Instant moment(String text) {
    var match = Pattern
        .compile(
            "(\\d{4}-\\d\\d-\\d\\d)[T ](\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?)(Z|[+-](?:0\\d|1[0-4]):[0-5]\\d)?")
        .matcher(text);
    try {
      return !match.matches() ? null
          : LocalDateTime.parse(match.group(1) + "T" + match.group(2))
              .toInstant(match.group(3) == null ? ZoneOffset.UTC : ZoneOffset.of(match.group(3)))
              .truncatedTo(java.time.temporal.ChronoUnit.MICROS);
    } catch (java.time.DateTimeException impossible) {
      return null;
    }
  }

  private static String text(Object value) {
    return switch (value) {
      case Instant moment ->
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC).format(moment);
      case Double number -> number(number);
      default -> value.toString();
    };
  }

  private static String number(double number) {
    if (number == Math.rint(number) && Math.abs(number) < 1e15) {
      return String.valueOf((long) number);
    }
    double size = Math.abs(number);
    String java = Double.toString(size);
    if (size >= 1e-4 && size < 1e16) {
      return (number < 0 ? "-" : "")
          + (java.contains("E") ? new BigDecimal(java).toPlainString() + (new BigDecimal(java).scale() <= 0 ? ".0" : "")
              : java);
    }
    String[] halves = java.split("E");
    int exponent = Integer.parseInt(halves[1]);
    return (number < 0 ? "-" : "") + halves[0].replaceAll("\\.0$", "") + "e" + (exponent < 0 ? "-" : "+")
        + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
  }
}
