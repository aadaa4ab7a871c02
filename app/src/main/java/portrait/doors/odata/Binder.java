package portrait.doors.odata;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import portrait.doors.odata.EntitySet.Navigation;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Condition.Match;
import portrait.foundation.expressions.Condition.Relation;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Formula;
import portrait.foundation.expressions.Function;
import portrait.foundation.expressions.Span;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.ProblemException;

/// Looks up the names of an expression and makes a [Filter] of it.
///
/// In this language a comparison with null is true or false, never unknown, while the expressions follow SQL. So `not` is
/// carried down to the comparisons, where it is plain what null means.
final class Binder {

  private static final String MEMBER = "ismemberofsegment";
  private static final Map<String, Match> MATCHES = Map.of("contains", Match.CONTAINS, "startswith", Match.STARTS_WITH,
      "endswith", Match.ENDS_WITH);
  private static final Map<String, Call> CALLS = Map.ofEntries(
      Map.entry("tolower", new Call(Function.LOWER, Group.TEXT, ColumnType.STRING)),
      Map.entry("toupper", new Call(Function.UPPER, Group.TEXT, ColumnType.STRING)),
      Map.entry("trim", new Call(Function.TRIM, Group.TEXT, ColumnType.STRING)),
      Map.entry("concat", new Call(Function.CONCAT, Group.TEXT, ColumnType.STRING)),
      Map.entry("length", new Call(Function.LENGTH, Group.TEXT, ColumnType.INTEGER)),
      Map.entry("round", new Call(Function.ROUND, Group.NUMBER, ColumnType.NUMBER)),
      Map.entry("floor", new Call(Function.FLOOR, Group.NUMBER, ColumnType.NUMBER)),
      Map.entry("ceiling", new Call(Function.CEIL, Group.NUMBER, ColumnType.NUMBER)),
      Map.entry("year", new Call(Function.YEAR, Group.TIME, ColumnType.INTEGER)),
      Map.entry("month", new Call(Function.MONTH, Group.TIME, ColumnType.INTEGER)),
      Map.entry("day", new Call(Function.DAY, Group.TIME, ColumnType.INTEGER)),
      Map.entry("hour", new Call(Function.HOUR, Group.TIME, ColumnType.INTEGER)),
      Map.entry("minute", new Call(Function.MINUTE, Group.TIME, ColumnType.INTEGER)),
      Map.entry("second", new Call(Function.SECOND, Group.TIME, ColumnType.INTEGER)),
      Map.entry("substring", new Call(Function.SUBSTRING, Group.TEXT, ColumnType.STRING)),
      Map.entry("indexof", new Call(Function.INDEX_OF, Group.TEXT, ColumnType.INTEGER)),
      Map.entry("date", new Call(Function.DATE, Group.TIME, ColumnType.DATE)));
  private static final Map<String, Formula.Operator> OPERATORS = Map.of("add", Formula.Operator.ADD, "sub",
      Formula.Operator.SUBTRACT, "mul", Formula.Operator.MULTIPLY, "div", Formula.Operator.DIVIDE, "divby",
      Formula.Operator.DIVIDE, "mod", Formula.Operator.REMAINDER);
  private static final Map<String, Relation> RELATIONS = Map.of("eq", Relation.EQUAL, "ne", Relation.NOT_EQUAL, "lt",
      Relation.LESS, "le", Relation.AT_MOST, "gt", Relation.MORE, "ge", Relation.AT_LEAST);
  private static final int NESTED_ROWS_MAX = 3;

  private final Model model;
  private final Set<String> segments;
  private final String option;
  private final EntitySet set;
  private final List<String> prefix;
  /// Whether the prefix names an item of a list rather than a row.
  private final boolean isOfItem;

  /// @param segments names of those there are
  /// @param option where the expression stands, for messages
  Binder(Model model, Set<String> segments, String option, EntitySet set) {
    this(model, segments, option, set, List.of(), false);
  }

  private Binder(Model model, Set<String> segments, String option, EntitySet set, List<String> prefix,
      boolean isOfItem) {
    this.isOfItem = isOfItem;
    this.model = model;
    this.segments = segments;
    this.option = option;
    this.set = set;
    this.prefix = prefix;
  }

  /// A function of one or two values.
  private record Call(Function function, Group argument, ColumnType result) {}

  /// Types that can be compared with each other.
  private enum Group {
    TEXT("a text"), NUMBER("a number"), TRUTH("true or false"), TIME("a date or moment");

    private final String words;

    Group(String words) {
      this.words = words;
    }

    static Group of(ColumnType type) {
      return switch (type) {
        case STRING, JSON -> TEXT;
        case INTEGER, NUMBER -> NUMBER;
        case BOOLEAN -> TRUTH;
        case DATE, TIMESTAMP -> TIME;
      };
    }
  }

  /// @param type null for null itself
  /// @param words what it is called in messages
  private record Value(Formula formula, @Nullable ColumnType type, String words, int at, Optional<Property> property) {

    Value(Formula formula, ColumnType type, String words, int at) {
      this(formula, type, words, at, Optional.empty());
    }

    boolean isLiteral() {
      return formula instanceof Formula.Literal;
    }
  }

  Filter filter(Syntax written) {
    return filter(written, false);
  }

  private Filter filter(Syntax written, boolean isNot) {
    return switch (written) {
      case Syntax.Binary(var operator, _, _, _) when operator.equals("and") || operator.equals("or") -> {
        var parts = flat(written, operator).stream().map(part -> filter(part, isNot)).toList();
        yield operator.equals("and") != isNot ? new Filter.All(parts) : new Filter.Any(parts);
      }
      case Syntax.Not(var of, _) -> filter(of, !isNot);
      case Syntax.Lambda lambda -> lambda(lambda, isNot);
      case Syntax.Call(var name, var arguments, int at) when name(name).equals(MEMBER) ->
        new Filter.Member(segment(arguments, at), isNot);
      case Syntax.Literal(Boolean truth, _) -> truth != isNot ? Filter.EVERYTHING : Filter.NOTHING;
      case Syntax _ -> throughOne(written).map(navigation -> through(navigation, written, isNot))
          .orElseGet(() -> condition(written, isNot));
    };
  }

  /// Without recursion: a chain may have thousands of parts.
  private static List<Syntax> flat(Syntax written, String operator) {
    var parts = new ArrayList<Syntax>();
    var rest = written;
    while (rest instanceof Syntax.Binary(var other, var left, var right, _) && other.equals(operator)) {
      parts.add(right);
      rest = left;
    }
    parts.add(rest);
    Collections.reverse(parts);
    return parts;
  }

  /// Without its namespace, in small letters: the case of functions does not matter (OData 4.01 part 2, 5.1.1).
  private static String name(String qualified) {
    return qualified.substring(qualified.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private String segment(List<Syntax.Argument> arguments, int at) {
    if (arguments.size() != 1 || !(arguments.getFirst().value() instanceof Syntax.Literal(String name, int place))) {
      throw Mistake.at(option, at, "IsMemberOfSegment needs the name of a segment",
          "Write IsMemberOfSegment(SegmentName='fans').");
    }
    if (set.find(EntitySet.CUSTOMER_ID).isEmpty()) {
      throw Mistake.at(option, at, "%s is not about customers, so nobody in it is a member".formatted(set.name()));
    }
    if (!segments.contains(name)) {
      throw Mistake.at(option, place,
          "there is no segment '%s'%s".formatted(name, Expressions.nearest(name, segments)),
          segments.isEmpty() ? "No segment is defined yet." : "The set Segment lists them.");
    }
    return name;
  }

  private Filter lambda(Syntax.Lambda lambda, boolean isNot) {
    var names = own(lambda.over());
    if (names.size() != 1) {
      throw Mistake.at(option, lambda.at(), "any and all stand behind one name, such as UnifiedActivity/any(a: …)");
    }
    var list = set.find(names.getFirst()).filter(property -> property.type() == ColumnType.JSON);
    if (list.isPresent()) {
      return items(lambda, list.get(), isNot);
    }
    var navigation = set.navigation(names.getFirst())
        .orElseThrow(() -> set.unknown(names.getFirst(), option, lambda.at()));
    if (!navigation.isMany()) {
      throw Mistake.at(option, lambda.at(), "%s is one, not many".formatted(navigation.name()),
          "Write %s/… without any.".formatted(navigation.name()));
    }
    if (prefix.size() >= NESTED_ROWS_MAX) {
      throw Mistake.at(option, lambda.at(), "any and all are nested more than %d times".formatted(NESTED_ROWS_MAX));
    }
    var target = model.set(navigation.target());
    var inside = new Binder(model, segments, option, target, List.of(lambda.variable()), false);
    var where = lambda.where().map(condition -> inside.filter(condition, lambda.isAll())).orElse(Filter.EVERYTHING);
    return new Filter.Has(navigation, target, where, lambda.isAll() != isNot);
  }

  /// `interests/any(i: i eq 'golf')`.
  private Filter items(Syntax.Lambda lambda, Property list, boolean isNot) {
    if (prefix.size() >= NESTED_ROWS_MAX) {
      throw Mistake.at(option, lambda.at(), "any and all are nested more than %d times".formatted(NESTED_ROWS_MAX));
    }
    var inside = new Binder(model, segments, option, set, List.of(lambda.variable()), true);
    var each = lambda.where().map(condition -> inside.condition(condition)).orElse(Condition.ALWAYS);
    return new Filter.Items(new Condition.Items(lambda.isAll(), new Formula.Attribute(list.column()), each), isNot);
  }

  /// What must be so of an item, which is only itself.
  private Condition condition(Syntax written) {
    return ofRow(filter(written), written);
  }

  private Condition ofRow(Filter filter, Syntax written) {
    return switch (filter) {
      case Filter.All(var parts) -> new Condition.All(parts.stream().map(part -> ofRow(part, written)).toList());
      case Filter.Any(var parts) -> new Condition.Any(parts.stream().map(part -> ofRow(part, written)).toList());
      case Filter.Holds(var condition) -> condition;
      case Filter.Items _,Filter.Is _,Filter.Member _,Filter.Has _ ->
        throw Mistake.at(option, written.at(), "an item of a list can only be compared with values");
    };
  }

  /// Names without what stands for the row itself.
  private List<String> own(Syntax.Path path) {
    var names = path.names();
    if (isOfItem) {
      if (!names.equals(prefix)) {
        throw Mistake.at(option, path.at(),
            "'%s' is not about the items of the list".formatted(String.join("/", names)),
            "Inside the parentheses there is only %s.".formatted(prefix.getFirst()));
      }
      return names;
    }
    if (!prefix.isEmpty()) {
      if (names.size() > prefix.size() && names.subList(0, prefix.size()).equals(prefix)) {
        return names.subList(prefix.size(), names.size());
      }
      throw Mistake.at(option, path.at(), "'%s' is not about the rows of %s".formatted(String.join("/", names),
          set.name()), "Inside the parentheses every name begins with %s/.".formatted(String.join("/", prefix)));
    }
    return names.size() > 1 && names.getFirst().equals("$it") ? names.subList(1, names.size()) : names;
  }

  /// The other entity that a comparison is about, such as `Customer_Measure/revenue gt 100`.
  private Optional<Navigation> throughOne(Syntax written) {
    return switch (written) {
      case Syntax.Path path -> {
        var names = own(path);
        yield names.size() < 2 ? Optional.empty() : Optional.of(one(names.getFirst(), path));
      }
      case Syntax.Binary(_, var left, var right, _) -> throughOne(left).or(() -> throughOne(right));
      case Syntax.In(var of, _, _) -> throughOne(of);
      case Syntax.Negative(var of, _) -> throughOne(of);
      case Syntax.Call(_, var arguments, _) ->
        arguments.stream().flatMap(argument -> throughOne(argument.value()).stream()).findFirst();
      case Syntax.Literal _,Syntax.Not _,Syntax.Lambda _ -> Optional.empty();
    };
  }

  private Navigation one(String name, Syntax.Path path) {
    var navigation = set.navigation(name).orElseThrow(() -> set.unknown(name, option, path.at()));
    if (navigation.isMany()) {
      throw Mistake.at(option, path.at(), "%s are many".formatted(navigation.name()),
          "Write %s/any(a: a/… ).".formatted(navigation.name()));
    }
    return navigation;
  }

  private Filter through(Navigation navigation, Syntax written, boolean isNot) {
    var target = model.set(navigation.target());
    var names = new ArrayList<>(prefix);
    names.add(navigation.name());
    var has = new Filter.Has(navigation, target,
        new Binder(model, segments, option, target, names, false).filter(written, isNot), false);
    return isTrueOfNull(written, isNot)
        ? new Filter.Any(List.of(has, new Filter.Has(navigation, target, Filter.EVERYTHING, true)))
        : has;
  }

  /// Whether it holds where there is no other entity, so that all of its properties are null.
  private static boolean isTrueOfNull(Syntax written, boolean isNot) {
    return switch (written) {
      case Syntax.Binary(var operator, var left, var right, _) when RELATIONS.containsKey(operator) -> {
        boolean isNull = left instanceof Syntax.Literal(var one, _) && one == null
            || right instanceof Syntax.Literal(var other, _) && other == null;
        yield (operator.equals("eq") && isNull || operator.equals("ne") && !isNull) != isNot;
      }
      case Syntax.In _ -> isNot;
      case Syntax _ -> false;
    };
  }

  private Filter condition(Syntax written, boolean isNot) {
    return switch (written) {
      case Syntax.Binary(var operator, var left, var right, int at) when RELATIONS.containsKey(operator) ->
        comparison(value(left), operator, value(right), at, isNot);
      case Syntax.In in -> oneOf(in, isNot);
      case Syntax.Call(var name, var arguments, int at) when MATCHES.containsKey(name(name)) ->
        matches(name(name), arguments, at, isNot);
      case Syntax _ -> {
        var value = value(written);
        if (value.type() != ColumnType.BOOLEAN) {
          throw Mistake.at(option, written.at(), "a condition was expected, but %s is %s".formatted(value.words(),
              value.type() == null ? "null" : Group.of(value.type()).words));
        }
        var truth = new Condition.Truth(value.formula());
        yield new Filter.Holds(isNot ? new Condition.Not(truth) : truth);
      }
    };
  }

  private Filter matches(String name, List<Syntax.Argument> arguments, int at, boolean isNot) {
    if (arguments.size() != 2) {
      throw Mistake.at(option, at, "%s needs two texts".formatted(name), "Write %s(Name,'text').".formatted(name));
    }
    var of = needed(value(arguments.getFirst().value()), Group.TEXT, name);
    if (!(arguments.getLast().value() instanceof Syntax.Literal(String pattern, _))) {
      throw Mistake.at(option, arguments.getLast().value().at(),
          "the second of %s must be a text in quotes".formatted(name), "Write %s(Name,'text').".formatted(name));
    }
    var matches = new Condition.Matches(of.formula(), Objects.requireNonNull(MATCHES.get(name)), pattern, false);
    return new Filter.Holds(isNot ? new Condition.Not(matches) : matches);
  }

  private Value needed(Value value, Group group, String function) {
    if (value.type() == null || Group.of(value.type()) != group) {
      throw Mistake.at(option, value.at(), "%s needs %s, but %s is %s".formatted(function, group.words, value.words(),
          value.type() == null ? "null" : Group.of(value.type()).words));
    }
    if (value.formula() instanceof Formula.Now) {
      throw Mistake.at(option, value.at(), "now() can only be compared");
    }
    return value;
  }

  private Filter oneOf(Syntax.In in, boolean isNot) {
    var of = value(in.of());
    if (of.type() == null || of.formula() instanceof Formula.Now) {
      throw Mistake.at(option, in.at(), "in needs a property before it");
    }
    if (in.values().isEmpty()) {
      return isNot ? Filter.EVERYTHING : Filter.NOTHING;
    }
    var named = of.property().flatMap(set::named);
    if (named.isPresent() && in.values().stream().allMatch(value -> value.value() instanceof String)) {
      return is(of, in.values().stream().map(value -> (String) value.value()).toList(), isNot);
    }
    var values = in.values().stream().filter(value -> value.value() != null)
        .map(value -> (Formula.Literal) fitted(literal(value), of).formula()).toList();
    boolean hasNull = values.size() < in.values().size();
    var parts = new ArrayList<Condition>();
    if (values.stream().map(value -> Objects.requireNonNull(value.value()).getClass()).distinct().count() > 1) {
      values.forEach(value -> parts.add(new Condition.Comparison(of.formula(), Relation.EQUAL, value, false)));
    } else if (!values.isEmpty()) {
      parts.add(new Condition.OneOf(of.formula(), values, false));
    }
    var missing = new Condition.IsNull(of.formula());
    if (isNot) {
      var none = new ArrayList<Condition>(parts.stream().map(Condition.Not::new).toList());
      return new Filter.Holds(hasNull ? new Condition.All(with(none, new Condition.Not(missing)))
          : new Condition.Any(List.of(new Condition.All(none), missing)));
    }
    return new Filter.Holds(new Condition.Any(hasNull ? with(parts, missing) : parts));
  }

  private static List<Condition> with(List<Condition> parts, Condition more) {
    var all = new ArrayList<>(parts);
    all.add(more);
    return all;
  }

  private Filter is(Value of, List<String> values, boolean isNot) {
    var property = of.property().orElseThrow();
    var name = set.named(property).orElseThrow();
    return new Filter.Is(property, name, set.find(name.alternates()), values, isNot);
  }

  private Filter comparison(Value left, String operator, Value right, int at, boolean isNot) {
    if (left.type() == null && right.type() == null) {
      return (operator.equals("eq") != isNot) ? Filter.EVERYTHING : Filter.NOTHING;
    }
    if (left.type() == null || left.isLiteral() && !right.isLiteral()) {
      return comparison(right, turned(operator), left, at, isNot);
    }
    if (right.type() == null) {
      return missing(left, operator, isNot);
    }
    var relation = Objects.requireNonNull(RELATIONS.get(operator));
    boolean isEquality = relation == Relation.EQUAL || relation == Relation.NOT_EQUAL;
    var other = right.isLiteral() && !left.isLiteral() ? fitted(right, left) : right;
    refuseUnlessComparable(left, other, isEquality, at);
    boolean isEqual = isEquality && (relation == Relation.EQUAL) != isNot;
    if (isEquality && left.property().flatMap(set::named).isPresent()
        && other.formula() instanceof Formula.Literal(String identity)) {
      return is(left, List.of(identity), !isEqual);
    }
    return new Filter.Holds(isEquality ? equality(left, other, isEqual) : order(left, relation, other, isNot));
  }

  private static String turned(String operator) {
    return switch (operator) {
      case "lt" -> "gt";
      case "le" -> "ge";
      case "gt" -> "lt";
      case "ge" -> "le";
      case String equality -> equality;
    };
  }

  private static Filter missing(Value of, String operator, boolean isNot) {
    if (isConstant(of)) {
      return operator.equals("ne") != isNot ? Filter.EVERYTHING : Filter.NOTHING;
    }
    var missing = new Condition.IsNull(of.formula());
    return switch (operator) {
      case "eq" -> new Filter.Holds(isNot ? new Condition.Not(missing) : missing);
      case "ne" -> new Filter.Holds(isNot ? missing : new Condition.Not(missing));
      case String _ -> isNot ? Filter.EVERYTHING : Filter.NOTHING;
    };
  }

  private void refuseUnlessComparable(Value left, Value right, boolean isEquality, int at) {
    var one = Group.of(Objects.requireNonNull(left.type()));
    var other = Group.of(Objects.requireNonNull(right.type()));
    if (one != other) {
      throw Mistake.at(option, at, "%s is %s but is compared with %s, which is %s".formatted(left.words(), one.words,
          right.words(), other.words));
    }
    if (one == Group.TRUTH && !isEquality) {
      throw Mistake.at(option, at, "true and false have no order: use eq or ne");
    }
    if (left.formula() instanceof Formula.Now && (right.formula() instanceof Formula.Now || right.isLiteral())) {
      throw Mistake.at(option, at, "now() must be compared with a property");
    }
  }

  private static Condition equality(Value left, Value right, boolean isEqual) {
    var compared = compared(left, isEqual ? Relation.EQUAL : Relation.NOT_EQUAL, right);
    var leftMissing = new Condition.IsNull(left.formula());
    if (isConstant(right)) {
      return isEqual ? compared : new Condition.Any(List.of(compared, leftMissing));
    }
    var rightMissing = new Condition.IsNull(right.formula());
    return isEqual ? new Condition.Any(List.of(compared, new Condition.All(List.of(leftMissing, rightMissing))))
        : new Condition.Any(List.of(compared,
            new Condition.All(List.of(leftMissing, new Condition.Not(rightMissing))),
            new Condition.All(List.of(rightMissing, new Condition.Not(leftMissing)))));
  }

  private static Condition order(Value left, Relation relation, Value right, boolean isNot) {
    var compared = compared(left, relation, right);
    if (!isNot) {
      return compared;
    }
    var parts = new ArrayList<Condition>(List.of(new Condition.Not(compared), new Condition.IsNull(left.formula())));
    if (!isConstant(right)) {
      parts.add(new Condition.IsNull(right.formula()));
    }
    return new Condition.Any(parts);
  }

  private static boolean isConstant(Value value) {
    return value.isLiteral() || value.formula() instanceof Formula.Now || value.formula() instanceof Formula.Today;
  }

  /// Two columns have to say of which type they are; beside a literal or a function that is known.
  private static Condition compared(Value left, Relation relation, Value right) {
    boolean areColumns = left.formula() instanceof Formula.Attribute && right.formula() instanceof Formula.Attribute;
    return new Condition.Comparison(areColumns ? typed(left) : left.formula(), relation,
        areColumns ? typed(right) : right.formula(), false);
  }

  private static Formula typed(Value value) {
    var function = switch (Objects.requireNonNull(value.type())) {
      case STRING, JSON -> Function.TEXT;
      case INTEGER, NUMBER -> Function.NUMBER;
      case BOOLEAN -> Function.BOOLEAN;
      case DATE -> Function.DATE;
      case TIMESTAMP -> Function.TIMESTAMP;
    };
    return new Formula.Call(function, List.of(value.formula()));
  }

  private Value value(Syntax written) {
    return switch (written) {
      case Syntax.Literal literal -> literal(literal);
      case Syntax.Path path -> property(path);
      case Syntax.Negative(var of, int at) -> {
        var value = needed(value(of), Group.NUMBER, "a minus sign");
        yield new Value(new Formula.Negative(value.formula()), ColumnType.NUMBER, "-" + value.words(), at);
      }
      case Syntax.Binary(var operator, var left, var right, int at) when OPERATORS.containsKey(operator) ->
        arithmetic(operator, value(left), right, at);
      case Syntax.Call call -> called(call);
      case Syntax.Binary _,Syntax.In _,Syntax.Not _,Syntax.Lambda _ ->
        throw Mistake.at(option, written.at(), "a value was expected here, but there is a condition");
    };
  }

  private Value property(Syntax.Path path) {
    var names = own(path);
    if (isOfItem) {
      return new Value(new Formula.Item(), ColumnType.STRING, names.getFirst(), path.at());
    }
    if (names.size() > 1) {
      throw Mistake.at(option, path.at(), "'%s' cannot stand together with what is beside it".formatted(
          String.join("/", path.names())), "Compare properties of one set, or put each comparison on its own.");
    }
    var navigation = set.navigation(names.getFirst());
    if (navigation.isPresent() && set.find(names.getFirst()).isEmpty()) {
      throw Mistake.at(option, path.at(), "%s is another set, not a value".formatted(navigation.get().name()),
          navigation.get().isMany() ? "Write %s/any(a: a/… ).".formatted(navigation.get().name())
              : "Write %s/…".formatted(navigation.get().name()));
    }
    var property = set.property(names.getFirst(), option, path.at());
    return new Value(new Formula.Attribute(property.column()), property.type(), property.name(), path.at(),
        Optional.of(property));
  }

  private Value literal(Syntax.Literal literal) {
    if (literal.value() instanceof Duration) {
      throw Mistake.at(option, literal.at(), "a duration can only be added to now() or taken from it",
          "Write ActivityTimestamp gt now() sub duration'P30D'.");
    }
    var type = switch (literal.value()) {
      case null -> null;
      case String _ -> ColumnType.STRING;
      case Long _ -> ColumnType.INTEGER;
      case Boolean _ -> ColumnType.BOOLEAN;
      case LocalDate _ -> ColumnType.DATE;
      case Instant _ -> ColumnType.TIMESTAMP;
      default -> ColumnType.NUMBER;
    };
    return new Value(new Formula.Literal(literal.value()), type, literal.value() == null ? "null" : "the value",
        literal.at(), Optional.empty());
  }

  private Value arithmetic(String operator, Value left, Syntax right, int at) {
    if (right instanceof Syntax.Literal(Duration duration, int place)) {
      if (!(left.formula() instanceof Formula.Now(var span, _)) || span.isPresent()
          || !operator.equals("add") && !operator.equals("sub")) {
        throw Mistake.at(option, at, "a duration can be added to now() or taken from it",
            "Write ActivityTimestamp gt now() sub duration'P30D'.");
      }
      return new Value(new Formula.Now(Optional.of(span(duration, place)), operator.equals("sub")),
          ColumnType.TIMESTAMP, "now()", at);
    }
    var one = needed(left, Group.NUMBER, operator);
    var other = needed(value(right), Group.NUMBER, operator);
    return new Value(
        new Formula.Arithmetic(one.formula(), Objects.requireNonNull(OPERATORS.get(operator)), other.formula()),
        ColumnType.NUMBER, "the result", at);
  }

  private Span span(Duration duration, int at) {
    boolean areDays = duration.toSeconds() % Duration.ofDays(1).toSeconds() == 0;
    long amount = areDays ? duration.toDays() : duration.toSeconds();
    try {
      return new Span(Math.toIntExact(amount), areDays ? Span.Unit.DAY : Span.Unit.SECOND);
    } catch (IllegalArgumentException | ArithmeticException outside) {
      throw Mistake.at(option, at, "a duration lasts from one second to 200 years");
    }
  }

  private Value called(Syntax.Call call) {
    String name = name(call.name());
    if (name.equals("now")) {
      return new Value(new Formula.Now(Optional.empty(), false), ColumnType.TIMESTAMP, "now()", call.at());
    }
    if (name.equals("date") && call.arguments().size() == 1
        && call.arguments().getFirst().value() instanceof Syntax.Call(var inner, _, _) && name(inner).equals("now")) {
      return new Value(new Formula.Today(), ColumnType.DATE, "date(now())", call.at());
    }
    var known = CALLS.get(name);
    if (known == null) {
      var names = new TreeSet<>(CALLS.keySet());
      names.addAll(MATCHES.keySet());
      names.addAll(List.of("now", "IsMemberOfSegment"));
      throw Mistake.at(option, call.at(),
          MATCHES.containsKey(name) || name.equals(MEMBER)
              ? "%s is a condition, not a value".formatted(name)
              : "there is no function '%s' here%s".formatted(name, Expressions.nearest(name, names)),
          "There are %s.".formatted(String.join(", ", names)));
    }
    if (known.function() == Function.SUBSTRING) {
      return substring(call);
    }
    int wanted = known.function() == Function.CONCAT || known.function() == Function.INDEX_OF ? 2 : 1;
    if (call.arguments().size() != wanted) {
      throw Mistake.at(option, call.at(), "%s needs %s".formatted(name, wanted == 1 ? "one value" : "two values"));
    }
    var arguments = call.arguments().stream()
        .map(argument -> needed(value(argument.value()), known.argument(), name).formula()).toList();
    return new Value(new Formula.Call(known.function(), arguments), known.result(), name + "(…)", call.at());
  }

  private Value substring(Syntax.Call call) {
    var arguments = call.arguments();
    var formulas = new ArrayList<Formula>();
    boolean isRight = arguments.size() == 2 || arguments.size() == 3;
    if (isRight) {
      formulas.add(needed(value(arguments.getFirst().value()), Group.TEXT, "substring").formula());
      for (var place : arguments.subList(1, arguments.size())) {
        var number = value(place.value()).formula();
        isRight &= number instanceof Formula.Literal(Long written) && written >= 0 && written <= Integer.MAX_VALUE;
        formulas.add(number);
      }
    }
    if (!isRight) {
      throw Mistake.at(option, call.at(),
          "substring needs a text, where it begins (0 for the first character) and, if not to the end, how long it is");
    }
    return new Value(new Formula.Call(Function.SUBSTRING, formulas), ColumnType.STRING, "substring(…)", call.at());
  }

  /// A literal as the type of what it is compared with.
  private Value fitted(Value literal, Value beside) {
    var type = Objects.requireNonNull(beside.type());
    var value = ((Formula.Literal) literal.formula()).value();
    boolean isTime = Group.of(type) == Group.TIME;
    if (isTime && value instanceof String text) {
      return new Value(new Formula.Literal(time(text, beside, literal.at())), type, literal.words(), literal.at());
    }
    if (literal.type() == null || Group.of(literal.type()) != Group.of(type)) {
      throw mismatch(literal, beside, Group.of(type));
    }
    return literal;
  }

  /// People write moments in quotes.
  private Object time(String text, Value beside, int at) {
    try {
      return text.length() == "2026-01-31".length() ? LocalDate.parse(text)
          : java.time.OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException noTime) {
      throw Mistake.at(option, at, "%s is compared with a text that is no date or moment".formatted(beside.words()),
          "Write 2026-01-31 or 2026-01-31T00:00:00Z, without quotes.");
    }
  }

  private ProblemException mismatch(Value literal, Value beside, Group group) {
    return Mistake.at(option, literal.at(), "%s is %s and cannot be compared with %s".formatted(beside.words(),
        group.words, literal.type() == null ? "null" : Group.of(literal.type()).words), switch (group) {
          case TEXT -> "Write texts in single quotes: 'text'.";
          case NUMBER -> "Write numbers without quotes: 5 or 2.5.";
          case TRUTH -> "Write true or false, without quotes.";
          case TIME -> "Write 2026-01-31 or 2026-01-31T00:00:00Z, without quotes.";
        });
  }
}
