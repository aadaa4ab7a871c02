package portrait.foundation.expressions;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import portrait.foundation.expressions.Condition.Match;
import portrait.foundation.expressions.Condition.Relation;
import portrait.foundation.expressions.Formula.Literal;

/// Reads conditions and formulas written like SQL. Recursive descent: one method for each level of precedence.
final class TextParser {

  static final int LENGTH_MAX = 20_000;
  static final int DEPTH_MAX = 64;
  static final Set<String> RESERVED = Set.of("and", "or", "not", "in", "between", "like", "contains", "starts", "ends",
      "is", "null", "true", "false", "ignore", "of", "where", "within", "from", "to", "without", "over");

  /// Whose values a name means.
  enum Scope {
    CUSTOMER, EVENT,
    /** The item in hand of a list, which has no names. */
    ITEM
  }

  private final List<Token> tokens;
  private Scope scope;
  private int next;
  private int depth;

  private TextParser(String text, Scope scope) {
    if (text.length() > LENGTH_MAX) {
      throw new Mistake("the text has %d characters but may have %d".formatted(text.length(), LENGTH_MAX));
    }
    this.tokens = Token.of(text);
    this.scope = scope;
  }

  static Condition condition(String text, Scope scope) {
    return new TextParser(text, scope).whole(TextParser::condition);
  }

  static Formula formula(String text, Scope scope) {
    return new TextParser(text, scope).whole(parser -> parser.formula(parser.or()));
  }

  private interface Rule<T> {
    T read(TextParser parser);
  }

  private <T> T whole(Rule<T> rule) {
    try {
      T result = rule.read(this);
      if (peek().kind() != Token.Kind.END) {
        throw new Mistake("found %s where the end, an operator, and, or were expected".formatted(peek().shown()));
      }
      return result;
    } catch (Mistake mistake) {
      throw new Mistake("column %d: %s".formatted(peek().column(), mistake.getMessage()));
    }
  }

  private Condition condition() {
    return condition(or());
  }

  private Condition condition(Expression expression) {
    return switch (expression) {
      case Condition condition -> condition;
      case Formula formula -> Typed.truth(formula);
    };
  }

  private Formula formula(Expression expression) {
    return switch (expression) {
      case Formula formula -> formula;
      case Condition.All all when all.equals(Condition.ALWAYS) -> new Literal(true);
      case Condition.Any(var parts) when parts.isEmpty() -> new Literal(false);
      case Condition condition ->
        throw new Mistake("a value is needed but \"%s\" is a condition".formatted(TextWriter.write(condition)));
    };
  }

  private Expression or() {
    deeper();
    Expression first = and();
    if (peek().isWord("or")) {
      var parts = new ArrayList<>(List.of(condition(first)));
      while (accept("or")) {
        parts.add(condition(and()));
      }
      first = new Condition.Any(parts);
    }
    depth--;
    return first;
  }

  private Expression and() {
    Expression first = not();
    if (peek().isWord("and")) {
      var parts = new ArrayList<>(List.of(condition(first)));
      while (accept("and")) {
        parts.add(condition(not()));
      }
      return new Condition.All(parts);
    }
    return first;
  }

  private Expression not() {
    if (!accept("not")) {
      return predicate();
    }
    deeper();
    var negated = new Condition.Not(condition(not()));
    depth--;
    return negated;
  }

  private Expression predicate() {
    boolean isAll = peek().isWord("all");
    if ((isAll || peek().isWord("any")) && tokens.get(next + 1).isSign("(")) {
      next++;
      return items(isAll);
    }
    return predicate(sum());
  }

  private Expression predicate(Expression left) {
    var relation = relation(peek());
    if (relation.isPresent()) {
      next++;
      Formula right = formula(sum());
      return Typed.comparison(formula(left), relation.get(), right, ignoringCase());
    }
    if (accept("is")) {
      boolean isNegated = accept("not");
      expect("null");
      return negated(Typed.isNull(formula(left)), isNegated);
    }
    boolean isNegated = peek().isWord("not") && accept("not");
    if (accept("between")) {
      Formula low = formula(sum());
      expect("and");
      return negated(Typed.between(formula(left), low, formula(sum())), isNegated);
    }
    if (accept("in")) {
      var period = period();
      if (period.isPresent()) {
        return negated(Typed.inPeriod(formula(left), period.get()), isNegated);
      }
      var values = list();
      return negated(Typed.oneOf(formula(left), values, ignoringCase()), isNegated);
    }
    for (var match : Match.values()) {
      String[] words = match.words().split(" ");
      if (accept(words[0])) {
        if (words.length > 1) {
          expect(words[1]);
        }
        String pattern = text("a text in single quotes");
        return negated(Typed.matches(formula(left), match, pattern, ignoringCase()), isNegated);
      }
    }
    if (isNegated) {
      throw new Mistake("found %s after not, where in, between, like, contains, starts with or ends with was expected"
          .formatted(peek().shown()));
    }
    return left;
  }

  private static Condition negated(Condition condition, boolean isNegated) {
    return isNegated ? new Condition.Not(condition) : condition;
  }

  private boolean ignoringCase() {
    if (!accept("ignore")) {
      return false;
    }
    expect("case");
    return true;
  }

  private static Optional<Relation> relation(Token token) {
    if (token.isSign("!=")) {
      return Optional.of(Relation.NOT_EQUAL);
    }
    for (var relation : Relation.values()) {
      if (token.isSign(relation.sign())) {
        return Optional.of(relation);
      }
    }
    return Optional.empty();
  }

  private List<Literal> list() {
    expectSign("(");
    var values = new ArrayList<Literal>();
    do {
      if (!(formula(sum()) instanceof Literal value)) {
        throw new Mistake("a list holds only texts, numbers, dates and timestamps");
      }
      values.add(value);
    } while (acceptSign(","));
    expectSign(")");
    return values;
  }

  private Expression sum() {
    Expression left = product();
    int before = depth;
    while (peek().isSign("+") || peek().isSign("-")) {
      boolean isMinus = take().isSign("-");
      deeper();
      if (left instanceof Formula.Now(var span, _) && span.isEmpty()) {
        left = new Formula.Now(Optional.of(span()), isMinus);
      } else {
        left = Typed.arithmetic(formula(left), isMinus ? Formula.Operator.SUBTRACT : Formula.Operator.ADD,
            formula(product()));
      }
    }
    depth = before;
    return left;
  }

  private Expression product() {
    Expression left = signed();
    int before = depth;
    while (peek().isSign("*") || peek().isSign("/") || peek().isSign("%")) {
      String sign = take().text();
      deeper();
      var operator = switch (sign) {
        case "*" -> Formula.Operator.MULTIPLY;
        case "/" -> Formula.Operator.DIVIDE;
        default -> Formula.Operator.REMAINDER;
      };
      left = Typed.arithmetic(formula(left), operator, formula(signed()));
    }
    depth = before;
    return left;
  }

  private Expression signed() {
    if (!acceptSign("-")) {
      return primary();
    }
    deeper();
    var negative = Typed.negative(formula(signed()));
    depth--;
    return negative;
  }

  private Expression primary() {
    Token token = take();
    return switch (token.kind()) {
      case TEXT -> new Literal(token.text());
      case NUMBER -> new Literal(number(token.text()));
      case QUOTED_NAME -> named(token.text());
      case NAME -> word(token);
      case SIGN, END -> {
        if (token.isSign("(")) {
          Expression inner = or();
          expectSign(")");
          yield inner;
        }
        if (token.kind() != Token.Kind.END) {
          // The end was not taken, so there is nothing to put back: of an empty text not even a place before it.
          next--;
        }
        throw new Mistake("found %s where a name, a value or ( was expected".formatted(token.shown()));
      }
    };
  }

  private Expression word(Token token) {
    String word = token.text().toLowerCase(Locale.ROOT);
    if (peek().isSign("(")) {
      next++;
      return called(word, token);
    }
    if (peek().kind() == Token.Kind.TEXT && (word.equals("date") || word.equals("timestamp"))) {
      return time(word, take().text());
    }
    return switch (word) {
      case "true" -> Condition.ALWAYS;
      case "false" -> new Condition.Any(List.of());
      case "null" -> new Literal(null);
      default -> {
        if (RESERVED.contains(word)) {
          next--;
          throw new Mistake("found %s where a name or a value was expected; a name like that stands in double quotes"
              .formatted(token.shown()));
        }
        yield path(token);
      }
    };
  }

  private Expression called(String word, Token token) {
    deeper();
    Expression result = switch (word) {
      case "now" -> new Formula.Now(Optional.empty(), false);
      case "today" -> new Formula.Today();
      case "member" -> {
        ofCustomersOnly("member");
        yield new Condition.Member(text("a segment's name in single quotes"));
      }
      case "sequence" -> {
        ofCustomersOnly("sequence");
        yield sequence();
      }
      default -> {
        var aggregation = Aggregation.of(word);
        if (aggregation.isPresent()) {
          ofCustomersOnly(word);
          yield aggregate(aggregation.get());
        }
        var names = new ArrayList<>(Function.names());
        names.addAll(
            List.of("now", "today", "member", "sequence", "any", "all", "count", "sum", "average", "first", "last",
                "arg_max", "arg_min"));
        var function = Function.of(word);
        if (function.isEmpty()) {
          next -= 2;
          throw new Mistake("there is no function '%s'%s".formatted(token.text(), Mistake.nearest(word, names)));
        }
        var arguments = new ArrayList<Formula>();
        do {
          arguments.add(formula(or()));
        } while (acceptSign(","));
        yield Typed.call(function.get(), arguments);
      }
    };
    expectSign(")");
    depth--;
    return result;
  }

  /// `any(interests where item = 'golf' or item like 'ten%')`, or in short `any(interests) = 'golf'`.
  private Condition items(boolean isAll) {
    if (scope == Scope.ITEM) {
      throw new Mistake("a list inside a list cannot be looked into");
    }
    deeper();
    expectSign("(");
    Formula of = formula(sum());
    var around = scope;
    scope = Scope.ITEM;
    boolean isWhole = accept("where");
    if (!isWhole) {
      expectSign(")");
    }
    // In the short form, what follows the bracket is said of each item.
    var each = isWhole ? condition() : condition(predicate(new Formula.Item()));
    scope = around;
    if (isWhole) {
      expectSign(")");
    }
    depth--;
    return Typed.items(isAll, of, each);
  }

  private void ofCustomersOnly(String what) {
    if (scope != Scope.CUSTOMER) {
      throw new Mistake(what + " is about a customer and cannot stand in a condition on one "
          + (scope == Scope.EVENT ? "event" : "item of a list"));
    }
  }

  private Formula aggregate(Aggregation aggregation) {
    Optional<Formula> of = Optional.empty();
    Optional<Formula> by = Optional.empty();
    if (aggregation != Aggregation.COUNT) {
      scope = Scope.EVENT;
      of = Optional.of(formula(sum()));
      by = accept("by") ? Optional.of(formula(sum())) : by;
      scope = Scope.CUSTOMER;
      expect("of");
    }
    var pick = pick();
    return Typed.aggregate(aggregation, of, by, new Events(pick, window()));
  }

  private Pick pick() {
    var names = new ArrayList<String>();
    if (!acceptSign("*")) {
      do {
        names.add(text("an event's name in single quotes, or *"));
      } while (accept("or"));
    }
    if (!accept("where")) {
      return new Pick(names, Condition.ALWAYS);
    }
    scope = Scope.EVENT;
    var where = condition();
    scope = Scope.CUSTOMER;
    return new Pick(names, where);
  }

  private Window window() {
    boolean isWithin = accept("within");
    var calendar = isWithin ? period() : Optional.<CalendarPeriod>empty();
    Optional<Span> within = isWithin && calendar.isEmpty() ? Optional.of(span()) : Optional.empty();
    Optional<Instant> from = accept("from") ? Optional.of(moment()) : Optional.empty();
    Optional<Instant> to = accept("to") ? Optional.of(moment()) : Optional.empty();
    Optional<Pick> since = accept("since") ? Optional.of(pick()) : Optional.empty();
    return Typed.window(within, calendar, from, to, since);
  }

  /// `this month`, `last 7 days`, `previous quarter`: a calendar period, when one begins here.
  private Optional<CalendarPeriod> period() {
    if (Stream.of(CalendarPeriod.Which.values()).noneMatch(which -> peek().isWord(which.word()))) {
      return Optional.empty();
    }
    var first = peek();
    var written = new StringBuilder(take().text());
    while (peek().kind() == Token.Kind.NUMBER || peek().isWord("calendar")) {
      written.append(' ').append(take().text());
    }
    written.append(' ').append(take().text());
    var period = CalendarPeriod.of(written.toString());
    if (period.isEmpty()) {
      throw new Mistake("'%s' is no calendar period: write %s".formatted(written, first.isWord("last")
          ? "last 7 days, or previous month for the one before this one"
          : "this month, last 7 days, previous quarter or next 2 weeks"));
    }
    return period;
  }

  private Condition sequence() {
    var steps = new ArrayList<Condition.Step>();
    do {
      var pick = pick();
      Optional<Span> within = accept("within") ? Optional.of(span()) : Optional.empty();
      steps.add(new Condition.Step(pick, within));
    } while (acceptSign(","));
    Optional<Pick> without = accept("without") ? Optional.of(pick()) : Optional.empty();
    return sequence(steps, without, accept("over") ? window() : Window.ALL);
  }

  /// Checked here for both ways of writing.
  static Condition sequence(List<Condition.Step> steps, Optional<Pick> without, Window window) {
    if (steps.size() < 2 || steps.size() > 10) {
      throw new Mistake("a sequence has 2 to 10 steps but this one has " + steps.size());
    }
    if (steps.getFirst().within().isPresent()) {
      throw new Mistake("the first step of a sequence has no within: it would have nothing to come after");
    }
    for (var step : steps) {
      if (step.within().isPresent() && !step.within().get().isExact()) {
        throw new Mistake("within of a step was '%s' but must be in seconds, minutes, hours, days or weeks"
            .formatted(step.within().get()));
      }
    }
    return new Condition.Sequence(steps, without, window);
  }

  private Span span() {
    Token amount = take();
    Token unit = peek();
    var span = amount.kind() == Token.Kind.NUMBER && unit.kind() == Token.Kind.NAME
        ? Span.of(amount.text() + unit.text().toLowerCase(Locale.ROOT))
        : Optional.<Span>empty();
    if (span.isEmpty()) {
      next--;
      throw new Mistake("found %s where a length of time such as 30d, 2 hours or 3 months was expected"
          .formatted(amount.shown()));
    }
    next++;
    return span.get();
  }

  private Instant moment() {
    return switch (formula(sum())) {
      case Literal(Instant moment) -> moment;
      case Literal(LocalDate day) -> day.atStartOfDay().toInstant(ZoneOffset.UTC);
      case Literal(String text) when Values.moment(text, ZoneOffset.UTC) != Values.NO_TIME ->
        Span.micros(Values.moment(text, ZoneOffset.UTC));
      case Formula other -> throw new Mistake("%s must be a date or timestamp".formatted(TextWriter.write(other)));
    };
  }

  /// A name with dots between its words.
  private Formula path(Token first) {
    var path = new StringBuilder(first.text());
    String prefix = first.text().toLowerCase(Locale.ROOT);
    boolean isPrefix = Set.of("attribute", "measure", "property", "event").contains(prefix);
    while (peek().isSign(".") || peek().kind() == Token.Kind.NUMBER && peek().text().startsWith(".")) {
      if (!acceptSign(".")) {
        path.append(take().text());
        continue;
      }
      Token part = take();
      if (part.kind() == Token.Kind.QUOTED_NAME && isPrefix && path.length() == prefix.length()) {
        return named(prefix, part.text());
      }
      if (part.kind() != Token.Kind.NAME && part.kind() != Token.Kind.NUMBER) {
        next--;
        throw new Mistake("found %s where a name was expected after the dot".formatted(part.shown()));
      }
      path.append('.').append(part.text());
    }
    String whole = path.toString();
    return isPrefix && whole.length() > prefix.length() ? named(prefix, whole.substring(prefix.length() + 1))
        : named(whole);
  }

  private Formula named(String name) {
    return switch (scope) {
      case CUSTOMER -> new Formula.Attribute(name);
      case EVENT -> new Formula.Property(name);
      case ITEM -> {
        if (!name.equals("item")) {
          throw new Mistake("inside any and all there is only item, but found '%s'".formatted(name));
        }
        yield new Formula.Item();
      }
    };
  }

  private Formula named(String prefix, String name) {
    if (scope == Scope.ITEM) {
      throw new Mistake("inside any and all there is only item, but found '%s.%s'".formatted(prefix, name));
    }
    boolean isOfEvent = prefix.equals("event") || prefix.equals("property");
    if (isOfEvent != (scope == Scope.EVENT)) {
      throw new Mistake(isOfEvent ? "%s.%s can only stand in a condition on events".formatted(prefix, name)
          : "%s.%s is about a customer and cannot stand in a condition on one event".formatted(prefix, name));
    }
    return switch (prefix) {
      case "attribute" -> new Formula.Attribute(name);
      case "measure" -> new Formula.Measure(name);
      case "property" -> new Formula.Property(name);
      default -> switch (name.toLowerCase(Locale.ROOT)) {
        case "timestamp" -> new Formula.EventTime();
        case "name" -> new Formula.EventName();
        default -> throw new Mistake("an event has event.timestamp and event.name, but no event.%s".formatted(name));
      };
    };
  }

  private static Literal time(String word, String text) {
    long day = text.length() == 10 ? Values.day(text, ZoneOffset.UTC) : Values.NO_TIME;
    long moment = Values.moment(text, ZoneOffset.UTC);
    if (word.equals("date") ? day == Values.NO_TIME : moment == Values.NO_TIME) {
      throw new Mistake("%s '%s' must be written as %s".formatted(word, text,
          word.equals("date") ? "2024-02-29" : "2024-02-29T18:30:00Z, with an offset such as +01:00, or none for UTC"));
    }
    return new Literal(word.equals("date") ? LocalDate.ofEpochDay(day) : Span.micros(moment));
  }

  private static Object number(String text) {
    if (text.matches("[0-9]{1,18}")) {
      return Long.parseLong(text);
    }
    double number = Double.parseDouble(text);
    if (Double.isInfinite(number)) {
      throw new Mistake("the number %s is too large".formatted(text));
    }
    return number;
  }

  private void deeper() {
    if (++depth > DEPTH_MAX) {
      throw new Mistake("it is nested deeper than %d levels".formatted(DEPTH_MAX));
    }
  }

  private Token peek() {
    return tokens.get(next);
  }

  private Token take() {
    Token token = tokens.get(next);
    if (token.kind() != Token.Kind.END) {
      next++;
    }
    return token;
  }

  private String text(String what) {
    if (peek().kind() != Token.Kind.TEXT) {
      throw new Mistake("found %s where %s was expected".formatted(peek().shown(), what));
    }
    return take().text();
  }

  private boolean accept(String word) {
    if (peek().isWord(word)) {
      next++;
      return true;
    }
    return false;
  }

  private boolean acceptSign(String sign) {
    if (peek().isSign(sign)) {
      next++;
      return true;
    }
    return false;
  }

  private void expect(String word) {
    if (!accept(word)) {
      throw new Mistake("found %s where '%s' was expected".formatted(peek().shown(), word));
    }
  }

  private void expectSign(String sign) {
    if (!acceptSign(sign)) {
      throw new Mistake("found %s where '%s' was expected".formatted(peek().shown(), sign));
    }
  }
}
