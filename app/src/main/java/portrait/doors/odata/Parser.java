package portrait.doors.odata;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.ProblemException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Reads an expression of the language by recursive descent: one method for each level of precedence, as the grammar of
/// OASIS has them (OData 4.01, ABNF construction rules). Mistakes carry their place.
final class Parser {

  static final int DEPTH_MAX = 50;
  static final int NODES_MAX = 2_000;
  static final int VALUES_MAX = 1_000;

  private static final Set<String> COMPARISONS = Set.of("eq", "ne", "gt", "ge", "lt", "le");
  private static final Pattern WORD = Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_]*(\\.[\\p{L}_][\\p{L}\\p{N}_]*)*");
  private static final Pattern GUID = Pattern
      .compile("[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}");
  private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
  /** A plus sign that nobody encoded arrives as a space. */
  private static final Pattern MOMENT = Pattern
      .compile(
          "([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,12})?)?)(Z|[-+ ][0-9]{2}:[0-9]{2})?");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?");
  private static final int FRACTION_DIGITS_MAX = 9;

  private final String option;
  private final String text;
  private final int offset;
  private int at;
  private int depth;
  private int nodes;

  private Parser(String option, String text, int offset) {
    this.option = option;
    this.text = text;
    this.offset = offset;
  }

  /// Reads the whole text.
  ///
  /// @param option where it stands, for messages: `$filter`
  /// @param offset where the text begins in the option
  static Syntax expression(String option, String text, int offset) {
    var parser = new Parser(option, text, offset);
    var read = parser.disjunction();
    parser.skipSpaces();
    if (parser.at < text.length()) {
      throw parser.wrong(parser.at, "nothing was expected after this, but there is '%s'".formatted(parser.rest()));
    }
    return read;
  }

  /// Reads one value, such as a key.
  static Syntax.Literal literal(String option, String text, int offset) {
    if (expression(option, text, offset) instanceof Syntax.Literal literal) {
      return literal;
    }
    throw Mistake.at(option, offset, "a value was expected here, such as 'text', 5 or 2026-01-31");
  }

  private Syntax disjunction() {
    var left = conjunction();
    while (word("or")) {
      left = counted(new Syntax.Binary("or", left, conjunction(), left.at()));
    }
    return left;
  }

  private Syntax conjunction() {
    var left = comparison();
    while (word("and")) {
      left = counted(new Syntax.Binary("and", left, comparison(), left.at()));
    }
    return left;
  }

  private Syntax comparison() {
    var left = sum();
    int links = 0;
    while (true) {
      String operator = peekOperator();
      if (operator.equals("in")) {
        at += operator.length();
        left = linked(new Syntax.In(left, values(), left.at()), ++links);
      } else if (COMPARISONS.contains(operator)) {
        at += operator.length();
        left = linked(new Syntax.Binary(operator, left, sum(), left.at()), ++links);
      } else {
        return left;
      }
    }
  }

  /// `('a','b')`, or as JSON has it `["a","b"]`; either may be empty.
  private List<Syntax.Literal> values() {
    boolean isJson = taken('[');
    char end = isJson ? ']' : ')';
    if (!isJson) {
      expect('(', "a list of values in parentheses");
    }
    var values = new ArrayList<Syntax.Literal>();
    if (taken(end)) {
      return values;
    }
    do {
      skipSpaces();
      int start = at;
      if (!(item(isJson) instanceof Syntax.Literal value)) {
        throw wrong(start, "a list has values only, such as ('a','b')");
      }
      values.add(value);
      if (values.size() > VALUES_MAX) {
        throw wrong(start, "a list has at most %d values".formatted(VALUES_MAX));
      }
    } while (taken(','));
    expect(end, "the end of the list, or a comma and one more value");
    return values;
  }

  private Syntax item(boolean isJson) {
    if (!isJson || at >= text.length() || text.charAt(at) != '"') {
      return unary();
    }
    int start = at;
    for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
      if (text.charAt(at) == '\\') {
        at++;
      }
    }
    if (at >= text.length()) {
      throw wrong(start, "the text that begins here has no closing quote");
    }
    String written = text.substring(start, ++at);
    try {
      return counted(new Syntax.Literal(JsonMapper.shared().readValue(written, String.class), place(start)));
    } catch (JacksonException _) {
      throw wrong(start, "the text is not as JSON writes it");
    }
  }

  private Syntax sum() {
    var left = product();
    int links = 0;
    while (true) {
      String operator = peekOperator();
      if (!operator.equals("add") && !operator.equals("sub")) {
        return left;
      }
      at += operator.length();
      left = linked(new Syntax.Binary(operator, left, product(), left.at()), ++links);
    }
  }

  private Syntax product() {
    var left = unary();
    int links = 0;
    while (true) {
      String operator = peekOperator();
      if (!Set.of("mul", "div", "divby", "mod").contains(operator)) {
        return left;
      }
      at += operator.length();
      left = linked(new Syntax.Binary(operator, left, unary(), left.at()), ++links);
    }
  }

  private Syntax unary() {
    skipSpaces();
    int start = at;
    if (taken('-')) {
      var of = deeper(this::unary, start);
      return of instanceof Syntax.Literal(Long number, _) ? new Syntax.Literal(-number, place(start))
          : of instanceof Syntax.Literal(Double number, _) ? new Syntax.Literal(-number, place(start))
              : counted(new Syntax.Negative(of, place(start)));
    }
    if (at < text.length() && text.charAt(at) == '+') {
      at++;
      if (!(value() instanceof Syntax.Literal(Number number, _))) {
        throw wrong(start, "a number was expected after the sign");
      }
      return counted(new Syntax.Literal(number, place(start)));
    }
    if (peekOperator().equals("not")) {
      at += "not".length();
      return counted(new Syntax.Not(deeper(this::unary, start), place(start)));
    }
    return primary();
  }

  private interface Reading {
    Syntax read();
  }

  private Syntax deeper(Reading reading, int start) {
    if (++depth > DEPTH_MAX) {
      throw wrong(start, "the expression is nested more than %d times".formatted(DEPTH_MAX));
    }
    var read = reading.read();
    depth--;
    return read;
  }

  private Syntax counted(Syntax node) {
    if (++nodes > NODES_MAX) {
      throw Mistake.at(option, node.at(), "the expression has more than %d parts".formatted(NODES_MAX),
          "Use in ('a','b',…) for many values, or ask several times.");
    }
    return node;
  }

  /// Operators in a row hang on each other like parentheses do.
  private Syntax linked(Syntax node, int links) {
    if (links > DEPTH_MAX) {
      throw Mistake.at(option, node.at(), "more than %d operators follow each other".formatted(DEPTH_MAX));
    }
    return counted(node);
  }

  private Syntax primary() {
    skipSpaces();
    int start = at;
    if (taken('(')) {
      var inside = deeper(this::disjunction, start);
      expect(')', "a closing parenthesis");
      return inside;
    }
    if (at < text.length() && text.charAt(at) == '\'') {
      return counted(new Syntax.Literal(quoted(), place(start)));
    }
    var value = value();
    if (value != null) {
      return counted(value);
    }
    String word = peekWord();
    if (word.isEmpty()) {
      throw wrong(at, at >= text.length() ? "it ends where a name or a value was expected"
          : "a name or a value was expected here, but there is '%s'".formatted(rest()));
    }
    return counted(named(word, start));
  }

  private Syntax named(String word, int start) {
    at += word.length();
    if (at < text.length() && text.charAt(at) == '\'') {
      return prefixed(word, start);
    }
    switch (word.toLowerCase(Locale.ROOT)) {
      case "true", "false" -> {
        return new Syntax.Literal(word.equalsIgnoreCase("true"), place(start));
      }
      case "null" -> {
        return new Syntax.Literal(null, place(start));
      }
      default -> {
        // A name.
      }
    }
    if (at < text.length() && text.charAt(at) == '(') {
      return new Syntax.Call(word, arguments(), place(start));
    }
    var names = new ArrayList<>(List.of(word));
    while (at < text.length() && text.charAt(at) == '/') {
      at++;
      String next = peekWord();
      if (next.isEmpty()) {
        throw wrong(at, "a name was expected after the slash");
      }
      int begins = at;
      at += next.length();
      boolean isCall = at < text.length() && text.charAt(at) == '(';
      if (isCall && (next.equalsIgnoreCase("any") || next.equalsIgnoreCase("all"))) {
        return lambda(new Syntax.Path(names, place(start)), next.equalsIgnoreCase("all"), begins);
      }
      if (isCall) {
        // A function bound to what stands before the slash: `$it/IsMemberOfSegment(…)`.
        return new Syntax.Call(next, arguments(), place(begins));
      }
      names.add(next);
    }
    return new Syntax.Path(names, place(start));
  }

  private Syntax lambda(Syntax.Path over, boolean isAll, int start) {
    expect('(', "an opening parenthesis");
    if (taken(')')) {
      if (isAll) {
        throw wrong(start, "all needs a condition, such as all(a: a/ActivityType eq 'track')");
      }
      return new Syntax.Lambda(over, false, "", Optional.empty(), over.at());
    }
    String variable = peekWord();
    if (variable.isEmpty()) {
      throw wrong(at, "a name for each row was expected, such as any(a: a/ActivityType eq 'track')");
    }
    at += variable.length();
    expect(':', "a colon after the name for each row");
    var where = deeper(this::disjunction, start);
    expect(')', "a closing parenthesis");
    return new Syntax.Lambda(over, isAll, variable, Optional.of(where), over.at());
  }

  private List<Syntax.Argument> arguments() {
    int start = at;
    expect('(', "an opening parenthesis");
    var arguments = new ArrayList<Syntax.Argument>();
    if (taken(')')) {
      return arguments;
    }
    do {
      String name = peekWord();
      int before = at;
      at += name.length();
      if (!name.isEmpty() && taken('=')) {
        arguments.add(new Syntax.Argument(Optional.of(name), deeper(this::disjunction, start)));
      } else {
        at = before;
        arguments.add(new Syntax.Argument(Optional.empty(), deeper(this::disjunction, start)));
      }
    } while (taken(','));
    expect(')', "a closing parenthesis");
    return arguments;
  }

  /// `duration'P30D'`; other prefixes are of OData 2.
  private Syntax prefixed(String word, int start) {
    String inside = quoted();
    if (!word.equalsIgnoreCase("duration")) {
      throw wrong(start, "%s'…' is of OData 2".formatted(word),
          "Write dates as 2026-01-31, moments as 2026-01-31T00:00:00Z, ids as 'text'.");
    }
    try {
      return new Syntax.Literal(Duration.parse(inside), place(start));
    } catch (DateTimeException | ArithmeticException noDuration) {
      throw wrong(start, "a duration looks like duration'P30D' or duration'PT12H'");
    }
  }

  private String quoted() {
    int start = at;
    var inside = new StringBuilder();
    for (at++; at < text.length(); at++) {
      if (text.charAt(at) != '\'') {
        inside.append(text.charAt(at));
      } else if (at + 1 < text.length() && text.charAt(at + 1) == '\'') {
        inside.append('\'');
        at++;
      } else {
        at++;
        return inside.toString();
      }
    }
    throw wrong(start, "the text that begins here has no closing quote",
        "Write a quote inside a text twice: 'O''Neil'.");
  }

  private Syntax.@Nullable Literal value() {
    int start = at;
    var guid = at(GUID);
    if (guid != null) {
      return new Syntax.Literal(guid.group(), place(start));
    }
    var moment = at(MOMENT);
    if (moment != null) {
      return new Syntax.Literal(moment(moment, start), place(start));
    }
    var date = at(DATE);
    if (date != null) {
      try {
        return new Syntax.Literal(LocalDate.parse(date.group()), place(start));
      } catch (DateTimeException noDate) {
        throw wrong(start, "there is no such day");
      }
    }
    var number = at(NUMBER);
    return number == null ? null : new Syntax.Literal(number(number, start), place(start));
  }

  private Instant moment(Matcher matcher, int start) {
    String local = matcher.group(1).length() == "2026-01-31T00:00".length() ? matcher.group(1) + ":00"
        : matcher.group(1);
    int dot = local.indexOf('.');
    if (dot >= 0) {
      local = local.substring(0, Math.min(local.length(), dot + 1 + FRACTION_DIGITS_MAX));
    }
    String zone = matcher.group(4) == null ? "Z" : matcher.group(4).replace(' ', '+');
    try {
      return OffsetDateTime.parse(local + zone).toInstant();
    } catch (DateTimeException noMoment) {
      throw wrong(start, "there is no such moment");
    }
  }

  private Object number(Matcher matcher, int start) {
    if (matcher.group(1) == null && matcher.group(2) == null) {
      try {
        return Long.parseLong(matcher.group());
      } catch (NumberFormatException tooLong) {
        throw wrong(start, "whole numbers have at most 18 digits");
      }
    }
    double number = Double.parseDouble(matcher.group());
    if (!Double.isFinite(number)) {
      throw wrong(start, "the number is too large");
    }
    return number;
  }

  private @Nullable Matcher at(Pattern pattern) {
    var matcher = pattern.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      return null;
    }
    at = matcher.end();
    return matcher;
  }

  private boolean word(String wanted) {
    if (!peekOperator().equals(wanted)) {
      return false;
    }
    at += wanted.length();
    return true;
  }

  /// The word that comes next; empty when something else does.
  private String peekWord() {
    skipSpaces();
    var matcher = WORD.matcher(text).region(at, text.length());
    return matcher.lookingAt() ? matcher.group() : "";
  }

  /// The same in small letters: the case of operators does not matter (OData 4.01 part 2, 5.1.1).
  private String peekOperator() {
    return peekWord().toLowerCase(Locale.ROOT);
  }

  private boolean taken(char wanted) {
    skipSpaces();
    if (at < text.length() && text.charAt(at) == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char wanted, String words) {
    if (!taken(wanted)) {
      throw wrong(at, at >= text.length() ? "it ends where %s was expected".formatted(words)
          : "%s was expected here, but there is '%s'".formatted(words, rest()));
    }
  }

  private void skipSpaces() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  /// What comes next, for messages: one word or sign, never a value, which may be personal.
  private String rest() {
    String word = peekWord();
    return word.isEmpty() ? text.substring(at, Math.min(text.length(), at + 1)) : word;
  }

  private int place(int start) {
    return offset + start;
  }

  private ProblemException wrong(int start, String message) {
    return Mistake.at(option, place(start), message);
  }

  private ProblemException wrong(int start, String message, String hint) {
    return Mistake.at(option, place(start), message, hint);
  }
}
