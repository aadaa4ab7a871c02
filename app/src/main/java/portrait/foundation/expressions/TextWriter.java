package portrait.foundation.expressions;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes the tree as text that [TextParser] reads back as the same tree.
final class TextWriter {

  private static final int OR = 1;
  private static final int AND = 2;
  private static final int NOT = 3;
  private static final int SUM = 4;
  private static final int PRODUCT = 5;
  private static final int SIGN = 6;

  private TextWriter() {}

  static String write(Expression expression) {
    return switch (expression) {
      case Condition condition -> write(condition, OR);
      case Formula formula -> write(formula, SUM);
    };
  }

  private static String write(Condition condition, int around) {
    return switch (condition) {
      case Condition.All(var parts) -> parts.isEmpty() ? "true" : joined(parts, " and ", AND, around);
      case Condition.Any(var parts) -> parts.isEmpty() ? "false" : joined(parts, " or ", OR, around);
      // A list of one is written as its part, so that a denial of it is, too.
      case Condition.Not(Condition.All(var parts)) when parts.size() == 1 ->
        write(new Condition.Not(parts.getFirst()), around);
      case Condition.Not(Condition.Any(var parts)) when parts.size() == 1 ->
        write(new Condition.Not(parts.getFirst()), around);
      case Condition.Not(Condition.IsNull(var of)) -> write(of, SUM) + " is not null";
      case Condition.Not(Condition.InPeriod(var of, var period)) -> write(of, SUM) + " not in " + period;
      case Condition.Not(Condition.OneOf one) -> write(one, "not in");
      case Condition.Not(Condition.Between(var of, var low, var high)) ->
        "%s not between %s and %s".formatted(write(of, SUM), write(low, SUM), write(high, SUM));
      case Condition.Not(Condition.Matches matches) -> write(matches, "not ");
      case Condition.Not(var part) -> wrapped("not " + write(part, NOT), NOT, around);
      case Condition.Comparison(var left, var relation, var right, var isIgnoringCase) ->
        "%s %s %s%s".formatted(write(left, SUM), relation.sign(), write(right, SUM), ignoring(isIgnoringCase));
      case Condition.Between(var of, var low, var high) ->
        "%s between %s and %s".formatted(write(of, SUM), write(low, SUM), write(high, SUM));
      case Condition.OneOf one -> write(one, "in");
      case Condition.Matches matches -> write(matches, "");
      case Condition.IsNull(var of) -> write(of, SUM) + " is null";
      case Condition.InPeriod(var of, var period) -> write(of, SUM) + " in " + period;
      case Condition.Truth(var of) -> write(of, SUM);
      case Condition.Items items -> write(items);
      case Condition.Member(var segment) -> "member(" + quoted(segment) + ")";
      case Condition.Sequence(var steps, var without, var window) ->
        "sequence(" + steps.stream().map(TextWriter::write).collect(Collectors.joining(", "))
            + without.map(pick -> " without " + write(pick)).orElse("")
            + (window.equals(Window.ALL) ? "" : " over" + write(window)) + ")";
    };
  }

  private static String write(Formula formula, int around) {
    return switch (formula) {
      case Formula.Literal(var value) -> write(value);
      case Formula.Attribute(var name) -> isPlain(name) ? name : "attribute." + name(name);
      case Formula.Measure(var name) -> "measure." + name(name);
      case Formula.Property(var path) -> isPlain(path) ? path : "property." + name(path);
      case Formula.Item _ -> "item";
      case Formula.EventTime _ -> "event.timestamp";
      case Formula.EventName _ -> "event.name";
      case Formula.Now(var span, var isBefore) ->
        span.map(length -> wrapped("now() " + (isBefore ? "- " : "+ ") + length, SUM, around)).orElse("now()");
      case Formula.Today _ -> "today()";
      case Formula.Arithmetic arithmetic -> write(arithmetic, around);
      case Formula.Negative(var of) -> wrapped("-(" + write(of, SUM) + ")", SIGN, around);
      case Formula.Call(var function, var arguments) ->
        function.text() + "(" + arguments.stream().map(TextWriter::write).collect(Collectors.joining(", ")) + ")";
      case Formula.Aggregate(var aggregation, var of, var by, Events(var pick, var window)) -> aggregation.text() + "("
          + of.map(value -> write(value) + by.map(rank -> " by " + write(rank)).orElse("") + " of ").orElse("")
          + write(pick) + write(window) + ")";
    };
  }

  /// In short, `any(interests) = 'golf'`, where one comparison begins with the item.
  private static String write(Condition.Items items) {
    String head = (items.isAll() ? "all(" : "any(") + write(items.of(), SUM);
    String each = write(items.each(), OR);
    boolean isOne = !(items.each() instanceof Condition.All || items.each() instanceof Condition.Any);
    return isOne && each.startsWith("item ") ? head + ")" + each.substring("item".length())
        : head + " where " + each + ")";
  }

  private static String write(Formula.Arithmetic arithmetic, int around) {
    int level = switch (arithmetic.operator()) {
      case ADD, SUBTRACT -> SUM;
      case MULTIPLY, DIVIDE, REMAINDER -> PRODUCT;
    };
    return wrapped("%s %s %s".formatted(write(arithmetic.left(), level), arithmetic.operator().sign(),
        write(arithmetic.right(), level + 1)), level, around);
  }

  private static String write(Condition.Step step) {
    return write(step.pick()) + step.within().map(span -> " within " + span).orElse("");
  }

  private static String write(Pick pick) {
    String names = pick.names().isEmpty() ? "*"
        : pick.names().stream().map(TextWriter::quoted).collect(Collectors.joining(" or "));
    String where = write(pick.where(), OR);
    return names + (where.equals("true") ? "" : " where " + where);
  }

  private static String write(Window window) {
    return window.within().map(span -> " within " + span).orElse("")
        + window.calendar().map(period -> " within " + period).orElse("")
        + window.from().map(from -> " from " + write(from)).orElse("")
        + window.to().map(to -> " to " + write(to)).orElse("")
        + window.since().map(pick -> " since " + write(pick)).orElse("");
  }

  private static String write(Condition.OneOf one, String word) {
    return "%s %s (%s)%s".formatted(write(one.of(), SUM), word,
        one.values().stream().map(value -> write(value.value())).collect(Collectors.joining(", ")),
        ignoring(one.isIgnoringCase()));
  }

  private static String write(Condition.Matches matches, String not) {
    return "%s %s%s %s%s".formatted(write(matches.of(), SUM), not, matches.match().words(), quoted(matches.pattern()),
        ignoring(matches.isIgnoringCase()));
  }

  static String write(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String text -> quoted(text);
      case LocalDate day -> "date '" + day + "'";
      case Instant moment -> "timestamp '" + moment + "'";
      case Double number when Math.abs(number) < 1e15 && number == Math.rint(number) -> (long) (double) number + ".0";
      default -> value.toString();
    };
  }

  private static String joined(List<Condition> parts, String word, int level, int around) {
    String text = parts.stream().map(part -> write(part, level + 1)).collect(Collectors.joining(word));
    return parts.size() == 1 ? write(parts.getFirst(), around) : wrapped(text, level, around);
  }

  private static String wrapped(String text, int level, int around) {
    return level < around ? "(" + text + ")" : text;
  }

  private static String ignoring(boolean isIgnoringCase) {
    return isIgnoringCase ? " ignore case" : "";
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static String name(String name) {
    return isPlain(name) ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  /// Whether a name can stand without quotes and means no other thing.
  private static boolean isPlain(String name) {
    return name.matches("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z0-9_]+)*")
        && !TextParser.RESERVED.contains(name.toLowerCase(java.util.Locale.ROOT))
        && !name.matches("(?i)(attribute|measure|property|event)\\..*");
  }
}
