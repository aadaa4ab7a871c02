package portrait.foundation.expressions;

import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Condition.Match;
import portrait.foundation.expressions.Condition.Relation;
import portrait.foundation.expressions.Formula.Literal;

/// Random conditions and random customers, made to meet: few names, few moments, awkward values.
final class RandomCase {

  /// Moments of evaluation: days on which a clock goes forward or back, ends of months, a leap day.
  static final List<Instant> NOWS = List.of(Instant.parse("2024-03-31T12:00:00Z"),
      Instant.parse("2024-10-27T00:30:00Z"),
      Instant.parse("2024-11-03T04:30:00Z"), Instant.parse("2024-03-10T07:00:00Z"),
      Instant.parse("2024-02-29T23:30:00Z"), Instant.parse("2025-01-01T00:00:00Z"));
  static final List<String> NAMES = List.of("A", "B", "C");
  static final List<String> SEGMENTS = List.of("vip", "new");
  static final Map<String, portrait.foundation.model.ColumnType> ATTRIBUTES = Map.of("city",
      portrait.foundation.model.ColumnType.STRING, "points", portrait.foundation.model.ColumnType.INTEGER, "score",
      portrait.foundation.model.ColumnType.NUMBER, "subscribed", portrait.foundation.model.ColumnType.BOOLEAN, "born",
      portrait.foundation.model.ColumnType.DATE, "seen", portrait.foundation.model.ColumnType.TIMESTAMP, "interests",
      portrait.foundation.model.ColumnType.JSON);

  private static final List<String> TEXTS = List.of("Lyon", "lyon", "LYON", "Saint-Étienne", "STRAẞE", "straße", "",
      " ",
      "5", "5.0", "-0", "1e3", " 5", "1_000", "007", "inf", "NaN", "0.1", "true", "FALSE", "false", "2024-03-31",
      "2024-02-30", "2024-03-31T12:00:00Z", "2024-03-31T12:00:00+02:00", "2024-03-31 11:59",
      "2024-03-30T23:30:00.123456789Z",
      "2024-03-31T25:00:00Z", "9007199254740993", "e🎉é", "Shoes", "Shoes/", "Shoes/Boots", "shoes/boots", "\uFFFD",
      "🎉", "İ", "100%", "a_b", "1e400",
      "123456789012345678901234567890");
  private static final List<String> JSON_VALUES = List.of("\"Lyon\"", "\"lyon\"", "\"5\"", "5", "5.0", "-5", "0",
      "-0.0",
      "2.5", "1e3", "0.1", "0.2", "1e-7", "1e17", "1e25", "123456789.125", "9007199254740993", "18446744073709551615",
      "true", "false", "null", "{}", "[1]", "[]",
      "[\"Lyon\", 5, null]", "[\"lyon\", [1], {\"b\": 3}]", "[true, \"2024-03-31\"]",
      "\"true\"", "\"2024-03-31\"", "\"2024-03-31T11:00:00Z\"", "\"2024-03-31T11:00:00+02:00\"", "\"\"", "\" 5\"",
      "\"1e400\"", "\"🎉\"", "{\"b\": 3}", "{\"b\": \"Lyon\"}");

  final SplittableRandom random;
  final Instant now;

  RandomCase(long seed, Instant now) {
    this.random = new SplittableRandom(seed);
    this.now = now;
  }

  <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  @SafeVarargs
  final <T> T one(T... of) {
    return of[random.nextInt(of.length)];
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  // Customers

  Someone customer(String id) {
    var attributes = new HashMap<String, Object>();
    put(attributes, "city", one(TEXTS));
    put(attributes, "points", one(0L, 5L, -5L, 1000L, 9007199254740993L, 20240331L));
    put(attributes, "score", one(0.0, 5.0, 2.5, -0.1, 0.1, 0.30000000000000004, 1e-5, 1e16, 123456.789, 1e300));
    put(attributes, "subscribed", chance(50));
    put(attributes, "born", LocalDate.parse(one("2024-03-31", "2024-02-29", "1990-01-01", "2024-04-01", "0999-12-31")));
    put(attributes, "seen", moment());
    put(attributes, "interests",
        Someone.JSON.readTree(one("[\"Lyon\", \"Paris\"]", "[\"lyon\"]", "[]", "[5, 2.5, null]",
            "[\"5\", true, [\"Lyon\"], {\"a\": 1}]", "\"Lyon\"", "5", "[\"2024-03-31\", \"Shoes/Boots\"]")));
    var measures = new HashMap<String, Object>();
    put(measures, "revenue", one(0.0, 5.0, 99.99, 1e9));
    var segments = new HashSet<String>();
    SEGMENTS.stream().filter(_ -> chance(50)).forEach(segments::add);
    var events = new ArrayList<Someone.Did>();
    int count = chance(20) ? 0 : random.nextInt(12);
    for (int i = 0; i < count; i++) {
      events.add(
          new Someone.Did("%s-%02d".formatted(id, random.nextInt(100) * 100 + i), one(NAMES), moment(), properties()));
    }
    return new Someone(id, attributes, measures, segments, events);
  }

  private void put(Map<String, Object> values, String name, Object value) {
    if (chance(80)) {
      values.put(name, value);
    }
  }

  /// Near now and near the edges of windows, with ties, some in the future.
  private Instant moment() {
    Instant moment = one(now, now.minus(1, ChronoUnit.HOURS), now.minus(2, ChronoUnit.HOURS),
        now.minus(1, ChronoUnit.DAYS),
        now.minus(30, ChronoUnit.DAYS), Instant.parse("2024-02-29T12:00:00Z"), Instant.parse("2024-03-30T23:30:00Z"),
        Instant.parse("2024-03-31T01:30:00Z"), Instant.parse("2023-03-31T12:00:00Z"), now.plus(1, ChronoUnit.HOURS),
        now.plus(3, ChronoUnit.DAYS), now.minus(random.nextInt(100_000), ChronoUnit.SECONDS));
    return chance(60) ? moment : moment.plus(one(-1, 1), ChronoUnit.MICROS);
  }

  private tools.jackson.databind.JsonNode properties() {
    var text = new StringBuilder("{");
    for (String name : List.of("a", "amount", "category")) {
      if (chance(80)) {
        text.append(text.length() > 1 ? "," : "").append('"').append(name).append("\":").append(one(JSON_VALUES));
      }
    }
    return Someone.JSON.readTree(text.append('}').toString());
  }

  // Conditions: what the builder refuses is tried again.

  Condition condition(int depth, boolean isOfEvent) {
    while (true) {
      try {
        return attempt(depth, isOfEvent);
      } catch (Mistake refused) {
        // Types that cannot be compared; another one will do.
      }
    }
  }

  private Condition attempt(int depth, boolean isOfEvent) {
    int kind = random.nextInt(depth > 0 ? 16 : 10);
    return switch (kind) {
      case 9 -> Typed.inPeriod(formula(depth, isOfEvent), period());
      case 0, 1, 2 ->
        Typed.comparison(formula(depth, isOfEvent), one(Relation.values()), formula(depth, isOfEvent), chance(10));
      case 3 -> Typed.comparison(formula(depth, isOfEvent), one(Relation.values()),
          new Formula.Now(chance(50) ? Optional.of(span()) : Optional.empty(), chance(50)), false);
      case 4 -> Typed.between(formula(depth, isOfEvent), formula(0, isOfEvent), formula(0, isOfEvent));
      case 5 -> Typed.oneOf(formula(depth, isOfEvent), List.of(literal(), literal()), chance(20));
      case 6 -> Typed.matches(formula(depth, isOfEvent), one(Match.values()),
          one("Lyon", "L%", "%o_", "5", "", "%", "_", "🎉", "straße", "0", "Shoes", "Shoes/Boots/Red"), chance(30));
      case 7 -> Typed.isNull(formula(depth, isOfEvent));
      case 8 -> isOfEvent || chance(50) ? Typed.truth(formula(depth, isOfEvent))
          : new Condition.Member(one("vip", "new", "gone"));
      case 10 -> new Condition.All(parts(depth, isOfEvent));
      case 11 -> new Condition.Any(parts(depth, isOfEvent));
      case 12 -> new Condition.Not(condition(depth - 1, isOfEvent));
      case 15 -> Typed.items(chance(40), isOfEvent ? new Formula.Property(one("a", "category", "gone"))
          : new Formula.Attribute(one("interests", "interests", "interests", "city", "points", "seen", "gone")),
          ofItem(depth));
      case 13 -> isOfEvent ? attempt(0, true)
          : Typed.comparison(
              new Formula.Aggregate(Aggregation.COUNT, Optional.empty(), Optional.empty(), events(depth)),
              one(Relation.values()),
              new Literal((long) random.nextInt(4)), false);
      default -> isOfEvent ? attempt(0, true) : sequence(depth);
    };
  }

  private Condition ofItem(int depth) {
    var item = new Formula.Item();
    return switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0, 1 -> Typed.comparison(item, one(Relation.values()), literal(), chance(10));
      case 2 -> Typed.oneOf(item, List.of(literal(), literal()), chance(20));
      case 3 -> Typed.matches(item, one(Match.values()), one("Lyon", "L%", "5", "Shoes"), chance(30));
      case 4 -> Typed.isNull(item);
      case 5 -> Typed.comparison(Typed.call(Function.LENGTH, List.of(item)), one(Relation.values()), new Literal(4L),
          false);
      case 6 -> new Condition.Not(ofItem(depth - 1));
      default -> new Condition.Any(List.of(ofItem(depth - 1), ofItem(depth - 1)));
    };
  }

  private List<Condition> parts(int depth, boolean isOfEvent) {
    var parts = new ArrayList<Condition>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      parts.add(condition(depth - 1, isOfEvent));
    }
    return parts;
  }

  private Condition sequence(int depth) {
    var steps = new ArrayList<Condition.Step>();
    steps.add(new Condition.Step(pick(depth), Optional.empty()));
    int more = 1 + random.nextInt(2);
    for (int i = 0; i < more; i++) {
      steps.add(new Condition.Step(pick(depth), chance(50) ? Optional.of(exact()) : Optional.empty()));
    }
    return TextParser.sequence(steps, chance(50) ? Optional.of(pick(depth)) : Optional.empty(), window());
  }

  Formula formula(int depth, boolean isOfEvent) {
    int kind = random.nextInt(depth > 0 ? 10 : 4);
    return switch (kind) {
      case 0 -> literal();
      case 1, 2, 3 -> isOfEvent
          ? one(new Formula.Property("a"), new Formula.Property("amount"), new Formula.Property("category"),
              new Formula.Property("a.b"), new Formula.Property("gone"), new Formula.EventTime(),
              new Formula.EventName())
          : one(new Formula.Attribute("city"), new Formula.Attribute("points"), new Formula.Attribute("score"),
              new Formula.Attribute("subscribed"), new Formula.Attribute("born"), new Formula.Attribute("seen"),
              new Formula.Attribute("interests"),
              new Formula.Attribute("gone"), new Formula.Measure("revenue"), new Formula.Measure("gone"));
      case 4 ->
        Typed.arithmetic(formula(depth - 1, isOfEvent), one(Formula.Operator.values()), formula(depth - 1, isOfEvent));
      case 5 -> Typed.negative(formula(depth - 1, isOfEvent));
      case 6, 7 -> call(depth, isOfEvent);
      case 8 -> new Formula.Today();
      default -> isOfEvent ? literal() : aggregate(depth);
    };
  }

  private Formula call(int depth, boolean isOfEvent) {
    var function = one(Function.values());
    var first = formula(depth - 1, isOfEvent);
    return switch (function) {
      case SUBSTRING -> Typed.call(function, chance(50) ? List.of(first, new Literal((long) random.nextInt(4)))
          : List.of(first, new Literal((long) random.nextInt(4)), new Literal((long) random.nextInt(4))));
      case CONCAT, COALESCE, INDEX_OF -> Typed.call(function, List.of(first, formula(depth - 1, isOfEvent)));
      case ROUND ->
        Typed.call(function, chance(50) ? List.of(first) : List.of(first, new Literal((long) random.nextInt(5))));
      case LOWER, UPPER, TRIM, LENGTH, ABS, FLOOR, CEIL, YEAR, MONTH, DAY, DAY_OF_WEEK, QUARTER, WEEK, START_OF_WEEK,
          START_OF_MONTH, START_OF_QUARTER, START_OF_YEAR, HOUR, MINUTE, SECOND, TIME_OF_DAY, DAYS_SINCE, TEXT, NUMBER,
          BOOLEAN, DATE, TIMESTAMP ->
        Typed.call(function, List.of(first));
    };
  }

  Formula aggregate(int depth) {
    var aggregation = one(Aggregation.values());
    return Typed.aggregate(aggregation,
        aggregation == Aggregation.COUNT ? Optional.empty() : Optional.of(formula(depth - 1, true)),
        aggregation.isRanked() ? Optional.of(formula(depth - 1, true)) : Optional.empty(), events(depth));
  }

  private Events events(int depth) {
    return new Events(pick(depth), window());
  }

  private Pick pick(int depth) {
    var names = chance(15) ? List.<String>of() : chance(15) ? List.of("A", "B") : List.of(one(NAMES));
    return new Pick(names, chance(50) ? Condition.ALWAYS : condition(Math.min(1, depth - 1), true));
  }

  private Window window() {
    return window(chance(15) ? Optional.of(pick(0)) : Optional.empty());
  }

  private Window window(Optional<Pick> since) {
    Optional<Instant> always = Optional.empty();
    return switch (random.nextInt(7)) {
      case 0 -> new Window(Optional.empty(), Optional.empty(), always, always, since);
      case 1 -> new Window(Optional.empty(), Optional.empty(), Optional.of(micros(moment())),
          Optional.of(micros(moment())), since);
      case 2 -> new Window(Optional.of(span()), Optional.empty(), always, Optional.of(micros(moment())), since);
      case 3 -> new Window(Optional.empty(), Optional.of(pastPeriod()), always, always, since);
      case 4 -> new Window(Optional.empty(), Optional.of(pastPeriod()), Optional.of(micros(moment())), always, since);
      default -> new Window(Optional.of(span()), Optional.empty(), always, always, since);
    };
  }

  private CalendarPeriod period() {
    var which = one(CalendarPeriod.Which.values());
    return new CalendarPeriod(which, which == CalendarPeriod.Which.THIS ? 1 : one(1, 2, 7),
        one(CalendarPeriod.Unit.values()));
  }

  private CalendarPeriod pastPeriod() {
    var period = period();
    return period.which() == CalendarPeriod.Which.NEXT ? pastPeriod() : period;
  }

  private static Instant micros(Instant moment) {
    return moment.truncatedTo(ChronoUnit.MICROS);
  }

  private Span span() {
    return chance(30) ? one(new Span(1, Span.Unit.MONTH), new Span(13, Span.Unit.MONTH), new Span(1, Span.Unit.YEAR))
        : exact();
  }

  private Span exact() {
    return one(new Span(1, Span.Unit.HOUR), new Span(2, Span.Unit.HOUR), new Span(30, Span.Unit.DAY),
        new Span(1, Span.Unit.DAY),
        new Span(90, Span.Unit.MINUTE), new Span(5, Span.Unit.SECOND));
  }

  private Literal literal() {
    @Nullable
    Object value = switch (random.nextInt(7)) {
      case 0, 1 -> one(TEXTS);
      case 2 -> one(0L, 1L, 5L, -5L, 1000L);
      case 3 -> one(2.5, 0.1, 5.0, 1e17);
      case 4 -> chance(50);
      case 5 -> LocalDate.parse(one("2024-03-31", "2024-02-29", "1990-01-01"));
      default -> chance(10) ? null : moment().truncatedTo(ChronoUnit.MICROS);
    };
    return new Literal(value);
  }
}
