package portrait.foundation.expressions;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import portrait.foundation.expressions.Condition.Match;
import portrait.foundation.expressions.Condition.Relation;
import portrait.foundation.expressions.Formula.Literal;
import portrait.foundation.expressions.TextParser.Scope;
import tools.jackson.databind.JsonNode;

/// Reads conditions written as a tree of YAML or JSON. Every message names the path of what is wrong.
final class TreeParser {

  private static final Set<String> EVENT_KEYS = Set.of("event", "with", "where", "within", "from", "to", "since");
  private static final Set<String> AGGREGATIONS = Set.of("count", "count_distinct", "sum", "min", "max", "average",
      "first", "last", "arg_max", "arg_min");
  private static final Set<String> OF_CUSTOMER = Set.of("all", "any", "not", "attribute", "measure", "segment", "event",
      "sequence", "formula");
  private static final Set<String> OF_EVENT = Set.of("all", "any", "not", "property", "formula");
  private static final Set<String> OPERATORS = Set.of("equals", "not_equals", "less_than", "at_most", "more_than",
      "at_least", "between", "not_between", "in", "not_in", "contains", "starts_with", "ends_with", "like", "is_null",
      "before", "after", "on", "within", "to_date", "child_of", "parent_of", "year", "quarter", "month", "week", "day",
      "day_of_week", "hour", "time_of_day", "any", "all", "ignore_case");

  private final Scope scope;

  TreeParser(Scope scope) {
    this.scope = scope;
  }

  Condition condition(JsonNode written, String path, int depth) {
    if (depth > TextParser.DEPTH_MAX) {
      throw new Mistake("%s is nested deeper than %d levels".formatted(path, TextParser.DEPTH_MAX));
    }
    if (written.isString()) {
      return at(path, () -> TextParser.condition(written.stringValue(), scope));
    }
    if (!written.isObject() || written.isEmpty()) {
      throw wrong(path, written, "a condition: a text, or one of " + listed(keys()));
    }
    var heads = new ArrayList<>(written.propertyNames());
    heads.retainAll(keys());
    if (heads.size() != 1) {
      String first = written.propertyNames().iterator().next();
      throw new Mistake(heads.isEmpty()
          ? "%s.%s is no condition%s; it must be one of %s".formatted(path, first, Mistake.nearest(first, keys()),
              listed(keys()))
          : "%s has %s together: put them in a list under all or any".formatted(path, listed(heads)));
    }
    String head = heads.getFirst();
    var value = written.get(head);
    String here = path + "." + head;
    return switch (head) {
      case "all" -> new Condition.All(list(only(written, head, path), head, path, depth));
      case "any" -> new Condition.Any(list(only(written, head, path), head, path, depth));
      case "not" -> new Condition.Not(condition(only(written, head, path).get(head), here, depth + 1));
      case "segment" -> new Condition.Member(text(only(written, head, path).get(head), here));
      case "attribute", "measure", "property" -> named(head, only(written, head, path).get(head), here);
      case "formula" -> operators(at(here, () -> TextParser.formula(text(value, here), scope)), written,
          Set.of("formula"), path);
      case "event" -> happened(written, path, depth);
      default -> sequence(written, path, depth);
    };
  }

  private Set<String> keys() {
    return scope == Scope.CUSTOMER ? OF_CUSTOMER : OF_EVENT;
  }

  private List<Condition> list(JsonNode written, String head, String path, int depth) {
    var values = written.get(head);
    if (!values.isArray()) {
      throw wrong(path + "." + head, values, "a list of conditions");
    }
    var parts = new ArrayList<Condition>();
    for (int i = 0; i < values.size(); i++) {
      parts.add(condition(values.get(i), "%s.%s[%d]".formatted(path, head, i), depth + 1));
    }
    return parts;
  }

  /// `attribute: { city: Lyon, points: { at_least: 5 } }`: all of them.
  private Condition named(String head, JsonNode written, String path) {
    if (!written.isObject() || written.isEmpty()) {
      throw wrong(path, written, "names and what they must be: { city: Lyon }");
    }
    var parts = new ArrayList<Condition>();
    written.forEachEntry((name, value) -> parts.add(compared(switch (head) {
      case "attribute" -> new Formula.Attribute(name);
      case "measure" -> new Formula.Measure(name);
      default -> property(name);
    }, value, path + "." + name)));
    return parts.size() == 1 ? parts.getFirst() : new Condition.All(parts);
  }

  private static Formula property(String name) {
    return switch (name) {
      case "event.timestamp" -> new Formula.EventTime();
      case "event.name" -> new Formula.EventName();
      default -> new Formula.Property(name);
    };
  }

  /// A plain value must be equal, a list must hold it, an object says how to compare.
  private Condition compared(Formula of, JsonNode written, String path) {
    if (written.isNull()) {
      return at(path, () -> Typed.isNull(of));
    }
    if (written.isArray()) {
      return at(path, () -> Typed.oneOf(of, literals(written, path), false));
    }
    return written.isObject() ? operators(of, written, Set.of(), path)
        : at(path, () -> Typed.comparison(of, Relation.EQUAL, literal(written, path), false));
  }

  private Condition operators(Formula of, JsonNode written, Set<String> others, String path) {
    var ignoring = written.path("ignore_case");
    if (!ignoring.isMissingNode() && !ignoring.isBoolean()) {
      throw wrong(path + ".ignore_case", ignoring, "true or false");
    }
    boolean isIgnoringCase = ignoring.booleanValue(false);
    var parts = new ArrayList<Condition>();
    written.forEachEntry((name, value) -> {
      if (!others.contains(name) && !name.equals("ignore_case")) {
        parts.add(operator(of, name, value, isIgnoringCase, path + "." + name));
      }
    });
    if (parts.isEmpty()) {
      throw new Mistake("%s does not say how to compare: use one of %s".formatted(path, listed(OPERATORS)));
    }
    return parts.size() == 1 ? parts.getFirst() : new Condition.All(parts);
  }

  private Condition operator(Formula of, String name, JsonNode value, boolean isIgnoringCase, String path) {
    return switch (name) {
      case "equals" -> related(of, Relation.EQUAL, value, isIgnoringCase, path);
      case "not_equals" -> related(of, Relation.NOT_EQUAL, value, isIgnoringCase, path);
      case "less_than" -> related(of, Relation.LESS, value, isIgnoringCase, path);
      case "at_most" -> related(of, Relation.AT_MOST, value, isIgnoringCase, path);
      case "more_than" -> related(of, Relation.MORE, value, isIgnoringCase, path);
      case "at_least" -> related(of, Relation.AT_LEAST, value, isIgnoringCase, path);
      case "between" -> between(of, value, path);
      case "not_between" -> new Condition.Not(between(of, value, path));
      case "in" -> at(path, () -> Typed.oneOf(of, literals(value, path), isIgnoringCase));
      case "not_in" -> new Condition.Not(at(path, () -> Typed.oneOf(of, literals(value, path), isIgnoringCase)));
      case "contains" -> matches(of, Match.CONTAINS, value, isIgnoringCase, path);
      case "starts_with" -> matches(of, Match.STARTS_WITH, value, isIgnoringCase, path);
      case "ends_with" -> matches(of, Match.ENDS_WITH, value, isIgnoringCase, path);
      case "like" -> matches(of, Match.LIKE, value, isIgnoringCase, path);
      case "child_of" -> matches(of, Match.CHILD_OF, value, isIgnoringCase, path);
      case "parent_of" -> matches(of, Match.PARENT_OF, value, isIgnoringCase, path);
      case "is_null" -> {
        if (!value.isBoolean()) {
          throw wrong(path, value, "true or false");
        }
        var isNull = at(path, () -> Typed.isNull(of));
        yield value.booleanValue() ? isNull : new Condition.Not(isNull);
      }
      case "before" -> at(path, () -> Typed.comparison(of, Relation.LESS, time(value, path), false));
      case "after" -> at(path, () -> Typed.comparison(of, Relation.MORE, time(value, path), false));
      case "on" -> at(path, () -> Typed.comparison(of, Relation.EQUAL, time(value, path), false));
      case "to_date" -> {
        var start = Function.of("start_of_" + text(value, path)).filter(each -> each.result() == ValueType.DATE)
            .orElseThrow(() -> wrong(path, value, "week, month, quarter or year"));
        yield at(path, () -> new Condition.All(List.of(
            Typed.comparison(of, Relation.AT_LEAST, Typed.call(start, List.of(new Formula.Today())), false),
            Typed.comparison(of, Relation.AT_MOST, new Formula.Now(Optional.empty(), false), false))));
      }
      case "year", "quarter", "month", "week", "day", "day_of_week", "hour", "time_of_day" -> {
        var part = at(path, () -> Typed.call(Function.of(name).orElseThrow(), List.of(of)));
        yield compared(part, value, path);
      }
      case "any", "all" -> {
        var each = compared(new Formula.Item(), value, path);
        yield at(path, () -> Typed.items(name.equals("all"), of, each));
      }
      case "within" -> {
        var period = CalendarPeriod.of(value.asString(""));
        if (period.isPresent()) {
          yield at(path, () -> Typed.inPeriod(of, period.get()));
        }
        var span = span(value, path);
        yield at(path, () -> new Condition.All(List.of(
            Typed.comparison(of, Relation.MORE, new Formula.Now(Optional.of(span), true), false),
            Typed.comparison(of, Relation.AT_MOST, new Formula.Now(Optional.empty(), false), false))));
      }
      default -> throw new Mistake("%s is no comparison%s; it must be one of %s".formatted(path,
          Mistake.nearest(name, OPERATORS), listed(OPERATORS)));
    };
  }

  private static Condition related(Formula of, Relation relation, JsonNode value, boolean isIgnoringCase, String path) {
    boolean isCount = of instanceof Formula.Aggregate aggregate
        && (aggregate.aggregation() == Aggregation.COUNT || aggregate.aggregation() == Aggregation.COUNT_DISTINCT);
    if (isCount && !value.isIntegralNumber()) {
      throw wrong(path, value, "a whole number");
    }
    return at(path, () -> Typed.comparison(of, relation, literal(value, path), isIgnoringCase));
  }

  private static Condition between(Formula of, JsonNode value, String path) {
    if (!value.isArray() || value.size() != 2) {
      throw wrong(path, value, "a list of two values, the lower first");
    }
    return at(path, () -> Typed.between(of, literal(value.get(0), path + "[0]"), literal(value.get(1), path + "[1]")));
  }

  private static Condition matches(Formula of, Match match, JsonNode value, boolean isIgnoringCase, String path) {
    String pattern = text(value, path);
    return at(path, () -> Typed.matches(of, match, pattern, isIgnoringCase));
  }

  /// `event: …` with how often, how much, or simply at least once.
  private Condition happened(JsonNode written, String path, int depth) {
    var events = events(written, path, depth);
    var parts = new ArrayList<Condition>();
    written.forEachEntry((name, value) -> {
      String here = path + "." + name;
      if (AGGREGATIONS.contains(name)) {
        String of = value.isObject() ? text(value.path("of"), here + ".of", name.equals("count")) : "";
        String by = value.has("by") ? text(value.get("by"), here + ".by") : "";
        var aggregate = at(here, () -> aggregate(name, of, by, events));
        parts.add(value.isObject() ? operators(aggregate, value, Set.of("of", "by"), here)
            : related(aggregate, Relation.EQUAL, value, false, here));
      } else if (!EVENT_KEYS.contains(name)) {
        var known = new TreeSet<>(EVENT_KEYS);
        known.addAll(AGGREGATIONS);
        throw new Mistake("%s is not known here%s; it must be one of %s".formatted(here, Mistake.nearest(name, known),
            listed(known)));
      }
    });
    if (parts.isEmpty()) {
      return Typed.comparison(Typed.aggregate(Aggregation.COUNT, Optional.empty(), Optional.empty(), events),
          Relation.AT_LEAST,
          new Literal(1L), false);
    }
    return parts.size() == 1 ? parts.getFirst() : new Condition.All(parts);
  }

  static Formula aggregate(String name, String of, String by, Events events) {
    var aggregation = Aggregation.of(name).orElseThrow(
        () -> new Mistake("'%s' is no aggregate%s".formatted(name, Mistake.nearest(name, AGGREGATIONS))));
    return Typed.aggregate(aggregation, ofEvent(of), ofEvent(by), events);
  }

  private static Optional<Formula> ofEvent(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(TextParser.formula(text, Scope.EVENT));
  }

  Events events(JsonNode written, String path, int depth) {
    return new Events(pick(written, path, depth), window(written, path, depth));
  }

  private Pick pick(JsonNode written, String path, int depth) {
    var event = written.path("event");
    List<String> names = event.isArray()
        ? event.valueStream().map(name -> text(name, path + ".event")).toList()
        : List.of(text(event, path + ".event"));
    var inside = new TreeParser(Scope.EVENT);
    var parts = new ArrayList<Condition>();
    if (written.has("with")) {
      parts.add(inside.named("property", written.get("with"), path + ".with"));
    }
    if (written.has("where")) {
      parts.add(inside.condition(written.get("where"), path + ".where", depth + 1));
    }
    return new Pick(names.contains("*") ? List.of() : names,
        parts.isEmpty() ? Condition.ALWAYS : parts.size() == 1 ? parts.getFirst() : new Condition.All(parts));
  }

  private Window window(JsonNode written, String path, int depth) {
    var calendar = CalendarPeriod.of(written.path("within").asString(""));
    return at(path, () -> Typed.window(
        written.has("within") && calendar.isEmpty()
            ? Optional.of(span(written.get("within"), path + ".within"))
            : Optional.empty(),
        calendar,
        written.has("from") ? Optional.of(moment(written.get("from"), path + ".from")) : Optional.empty(),
        written.has("to") ? Optional.of(moment(written.get("to"), path + ".to")) : Optional.empty(),
        written.has("since") ? Optional.of(since(written.get("since"), path + ".since", depth)) : Optional.empty()));
  }

  private Pick since(JsonNode written, String path, int depth) {
    if (written.isObject()) {
      refuseOthers(written, Set.of("event", "with", "where"), path);
    }
    return step(written, path, depth);
  }

  private Condition sequence(JsonNode written, String path, int depth) {
    refuseOthers(written, Set.of("sequence", "without", "within", "from", "to", "since"), path);
    var list = written.get("sequence");
    if (!list.isArray()) {
      throw wrong(path + ".sequence", list, "a list of events");
    }
    var steps = new ArrayList<Condition.Step>();
    for (int i = 0; i < list.size(); i++) {
      String here = "%s.sequence[%d]".formatted(path, i);
      var step = list.get(i);
      steps.add(new Condition.Step(step(step, here, depth), step.has("within")
          ? Optional.of(span(step.get("within"), here + ".within"))
          : Optional.empty()));
    }
    Optional<Pick> without = written.has("without")
        ? Optional.of(step(written.get("without"), path + ".without", depth))
        : Optional.empty();
    return at(path, () -> TextParser.sequence(steps, without, window(written, path, depth)));
  }

  /// An event's name alone, or with conditions.
  private Pick step(JsonNode written, String path, int depth) {
    if (written.isString()) {
      return new Pick(List.of(written.stringValue()), Condition.ALWAYS);
    }
    if (!written.isObject()) {
      throw wrong(path, written, "an event: its name, or { event: …, where: … }");
    }
    refuseOthers(written, Set.of("event", "with", "where", "within"), path);
    return pick(written, path, depth);
  }

  private static JsonNode only(JsonNode written, String head, String path) {
    refuseOthers(written, Set.of(head), path);
    return written;
  }

  private static void refuseOthers(JsonNode written, Set<String> known, String path) {
    for (String name : written.propertyNames()) {
      if (!known.contains(name)) {
        throw new Mistake("%s.%s is not known here%s; it must be one of %s".formatted(path, name,
            Mistake.nearest(name, known), listed(known)));
      }
    }
  }

  private static List<Literal> literals(JsonNode values, String path) {
    if (!values.isArray()) {
      throw wrong(path, values, "a list of values");
    }
    var literals = new ArrayList<Literal>();
    for (int i = 0; i < values.size(); i++) {
      literals.add(literal(values.get(i), "%s[%d]".formatted(path, i)));
    }
    return literals;
  }

  private static Literal literal(JsonNode value, String path) {
    if (value.isString()) {
      return new Literal(value.stringValue());
    }
    if (value.isBoolean()) {
      return new Literal(value.booleanValue());
    }
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      return new Literal(value.longValue());
    }
    if (value.isNumber() && Double.isFinite(value.doubleValue())) {
      return new Literal(value.doubleValue());
    }
    throw wrong(path, value, "a text, a number, true or false");
  }

  private static Literal time(JsonNode value, String path) {
    return (Literal) Typed.fitted(new Literal(text(value, path)), new Formula.EventTime());
  }

  private static Instant moment(JsonNode value, String path) {
    long moment = value.isString() ? Values.moment(value.stringValue(), ZoneOffset.UTC) : Values.NO_TIME;
    if (moment == Values.NO_TIME) {
      throw wrong(path, value, "a date or timestamp such as 2024-02-29 or 2024-02-29T18:30:00Z");
    }
    return Span.micros(moment);
  }

  private static Span span(JsonNode value, String path) {
    return (value.isString() ? Span.of(value.stringValue()) : Optional.<Span>empty())
        .orElseThrow(() -> wrong(path, value,
            "a length of time such as 45s, 30m, 2h, 30d, 4w, 3mo or 1y, or a calendar period such as this month or last 7 days"));
  }

  private static String text(JsonNode value, String path) {
    return text(value, path, false);
  }

  private static String text(JsonNode value, String path, boolean isOptional) {
    if (isOptional && value.isMissingNode()) {
      return "";
    }
    if (!value.isString() || value.stringValue().isBlank()) {
      throw wrong(path, value, "a text");
    }
    return value.stringValue();
  }

  private static Mistake wrong(String path, JsonNode found, String right) {
    return found.isMissingNode() ? new Mistake("%s is missing but must be %s".formatted(path, right))
        : new Mistake("%s was %s but must be %s".formatted(path, shown(found), right));
  }

  private static String shown(JsonNode found) {
    if (found.isString()) {
      return "'" + found.stringValue() + "'";
    }
    return found.isArray() ? "a list" : found.isObject() ? "an object" : found.toString();
  }

  private static String listed(Collection<String> names) {
    return String.join(", ", new TreeSet<>(names));
  }

  private interface Part<T> {
    T read();
  }

  /// Adds the path to what was found wrong below it.
  private static <T> T at(String path, Part<T> part) {
    try {
      return part.read();
    } catch (Mistake mistake) {
      String message = mistake.getMessage();
      throw message.startsWith(path) ? mistake : new Mistake(path + ": " + message);
    }
  }
}
