package portrait.foundation.expressions;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Sql;
import tools.jackson.databind.JsonNode;

/// The language of conditions and formulas: read, written, and compiled for all customers or for one.
public final class Expressions {

  private Expressions() {}

  /// Reads a condition on a customer, written as a tree or as text.
  ///
  /// @param path where it stands, for messages: `where`
  /// @throws portrait.foundation.model.ProblemException `invalid_expression` that names the place
  public static Condition condition(JsonNode written, String path) {
    return placed(() -> new TreeParser(TextParser.Scope.CUSTOMER).condition(written, path, 1));
  }

  /// Reads a condition on a customer, written as text.
  public static Condition condition(String text) {
    return placed(() -> TextParser.condition(text, TextParser.Scope.CUSTOMER));
  }

  /// Reads a formula about a customer, written as text.
  public static Formula formula(String text) {
    return placed(() -> TextParser.formula(text, TextParser.Scope.CUSTOMER));
  }

  /// Reads a formula about one event, written as text.
  public static Formula eventFormula(String text) {
    return placed(() -> TextParser.formula(text, TextParser.Scope.EVENT));
  }

  /// Reads which events count: `event`, `with`, `where`, `within`, `from`, `to`, `since`, as in a condition; other keys
  /// are left to the caller.
  public static Events events(JsonNode written, String path) {
    return placed(() -> new TreeParser(TextParser.Scope.CUSTOMER).events(written, path, 1));
  }

  /// Reads what is taken of each event, and makes the aggregate.
  ///
  /// @param of empty for `count`
  /// @param by empty for all but `arg_max` and `arg_min`
  public static Formula aggregate(String aggregation, String of, String by, Events events) {
    return placed(() -> TreeParser.aggregate(aggregation, of, by, events));
  }

  /// A formula whose value is turned into another type.
  public static Formula converted(Formula formula, ValueType type) {
    return placed(() -> switch (type) {
      case ANY -> formula;
      case TEXT -> Typed.call(Function.TEXT, java.util.List.of(formula));
      case NUMBER -> Typed.call(Function.NUMBER, java.util.List.of(formula));
      case BOOLEAN -> Typed.call(Function.BOOLEAN, java.util.List.of(formula));
      case DATE -> Typed.call(Function.DATE, java.util.List.of(formula));
      case TIMESTAMP -> Typed.call(Function.TIMESTAMP, java.util.List.of(formula));
    });
  }

  /// A formula with a value for when it has none.
  public static Formula otherwise(Formula formula, Object value) {
    return placed(
        () -> Typed.call(Function.COALESCE, java.util.List.of(formula, new Formula.Literal(value))));
  }

  /// What a formula yields.
  public static ValueType type(Formula formula) {
    return Typed.of(formula);
  }

  /// The expression as text, which reads back as the same tree.
  public static String text(Expression expression) {
    return TextWriter.write(expression);
  }

  /// The condition as a tree of YAML or JSON, which reads back as the same tree.
  public static JsonNode tree(Condition condition) {
    return TreeWriter.write(condition);
  }

  public static Uses uses(Expression expression) {
    return Dependencies.of(expression);
  }

  /// Replaces every measure by what `formulas` says it is; measures it does not know stay.
  public static Formula inlined(Formula formula,
      java.util.function.Function<String, java.util.Optional<Formula>> formulas) {
    return Inlining.of(formula,
        leaf -> leaf instanceof Formula.Measure(var name) ? formulas.apply(name) : java.util.Optional.empty());
  }

  /// Replaces every attribute by what `formulas` says it is; attributes it does not know stay.
  public static Formula inlinedNames(Formula formula,
      java.util.function.Function<String, java.util.Optional<Formula>> formulas) {
    return Inlining.of(formula,
        leaf -> leaf instanceof Formula.Attribute(var name) ? formulas.apply(name) : java.util.Optional.empty());
  }

  /// The same condition with every attribute that bears the name of a measure read as that measure: people who write
  /// a rule need not know which of the two a number about a customer is.
  public static Condition readingMeasures(Condition condition, java.util.Set<String> measures) {
    return Inlining.of(condition,
        leaf -> leaf instanceof Formula.Attribute(var name) && measures.contains(name)
            ? java.util.Optional.of(new Formula.Measure(name))
            : java.util.Optional.empty());
  }

  /// Compiles a condition for one customer at a time.
  public static LiveCondition live(Condition condition, ZoneId zone) {
    return new LiveCondition(condition, Zones.plain(zone));
  }

  /// Compiles a formula for one customer at a time.
  public static LiveFormula live(Output output) {
    return new LiveFormula(output);
  }

  /// A query of the CustomerIds for whom a condition holds.
  public static Sql members(Condition condition, Instant now, ZoneId zone, Columns columns) {
    return CustomerQuery.members(condition, now, Zones.plain(zone), columns);
  }

  /// A query of `CustomerId`, each value as `m0`, `m1`, … and whether each rule holds as `h0`, `h1`, …, for all customers
  /// at once. Rules may build on the values and on the rules before them; what else they build on is read from tables.
  ///
  /// @param among whom to look at; everybody when empty
  public static Together together(Map<String, Output> values, List<Rule> rules, Instant now, Columns columns,
      Optional<Among> among) {
    return CustomerQuery.together(values, rules, now, columns, among);
  }

  /// A query of one row: the number of customers, some CustomerIds for whom the first condition holds, separated by
  /// commas, and for each condition how many customers it fits.
  ///
  /// @param oneIn 1 for everybody; else one in so many customers, always the same
  public static Sql counts(List<Condition> conditions, int sample, Instant now, ZoneId zone, Columns columns,
      int oneIn) {
    return CustomerQuery.counts(conditions, sample, now, Zones.plain(zone), columns, oneIn);
  }

  /// Whether values of the formula for several groups of events may be added up: counts and sums.
  public static boolean isAdditive(Formula formula) {
    return switch (formula) {
      case Formula.Aggregate(var aggregation, _, _, _) ->
        aggregation == Aggregation.COUNT || aggregation == Aggregation.SUM;
      case Formula.Call(var function, var arguments) when function == Function.NUMBER ->
        isAdditive(arguments.getFirst());
      case Formula _ -> false;
    };
  }

  /// What time alone can have done to answers between two moments.
  public static Drift drift(Expression expression, ZoneId zone, Instant from, Instant to) {
    return new Drifting(Zones.plain(zone), from, to).of(expression);
  }

  /// Whether the answer can change although nothing happens.
  public static boolean isTimed(Condition condition) {
    return Timing.isLookedAt(condition);
  }

  /// Attributes that a condition reads and no customer has, each in a sentence that names what may be meant. Nothing is
  /// said while there are no customers.
  public static List<String> unknownAttributes(Condition condition, Columns columns) {
    var known = columns.customer().columns().stream().map(Schema.Column::name).toList();
    return known.isEmpty() ? List.of()
        : uses(condition).attributes().stream().filter(name -> columns.attribute(name).isEmpty()).sorted()
            .map(name -> unknownAttribute(name, known)).toList();
  }

  /// Says that nobody has an attribute, and which one is probably meant.
  public static String unknownAttribute(String name, Collection<String> known) {
    return "no customer has the attribute '%s'%s".formatted(name, Mistake.nearest(name, known));
  }

  /// `; did you mean 'city'?`, or nothing when none of the names is near.
  public static String nearest(String written, Collection<String> known) {
    return Mistake.nearest(written, known);
  }

  /// A condition on the rows of any table, whose columns it sees as attributes. The query gives the table the name `c`.
  public static Sql rows(Condition condition, Instant now, Schema columns) {
    return CustomerQuery.rows(condition, now, new Columns(columns, new Schema(List.of())));
  }

  /// A query of `CustomerId` and a column for each output, for all customers.
  public static Sql values(Map<String, Output> outputs, Instant now, Columns columns) {
    return CustomerQuery.values(outputs, now, columns);
  }

  /// A query of the events that count, with the columns of `UnifiedActivity` and one for each formula about an event.
  public static Sql events(Events events, Map<String, Output> outputs, Instant now, Columns columns) {
    return CustomerQuery.events(events, outputs, now, columns);
  }

  /// A condition to evaluate together with others.
  ///
  /// @param name by which others build on it
  public record Rule(String name, Condition condition, ZoneId zone) {}

  /// Some customers.
  ///
  /// @param customers a table with their rows of `Customer`
  /// @param activities a table with their rows of `UnifiedActivity`
  public record Among(String customers, String activities) {}

  /// What computes values and rules together.
  ///
  /// @param rules how many of the rules it covers, from the first on: one that builds on too much is left for a query
  ///        that reads what this one found
  public record Together(Sql query, int rules) {}

  /// A value to compute.
  ///
  /// @param column what it is kept as
  public record Output(Formula formula, ColumnType column, ZoneId zone) {

    public Output {
      zone = Zones.plain(zone);
    }

    ValueType type() {
      return switch (column) {
        case STRING, JSON -> ValueType.TEXT;
        case INTEGER, NUMBER -> ValueType.NUMBER;
        case BOOLEAN -> ValueType.BOOLEAN;
        case DATE -> ValueType.DATE;
        case TIMESTAMP -> ValueType.TIMESTAMP;
      };
    }
  }

  private interface Reading<T> {
    T read();
  }

  private static <T> T placed(Reading<T> reading) {
    try {
      return reading.read();
    } catch (Mistake mistake) {
      throw Problem.of(Problem.Code.INVALID_EXPRESSION, mistake.getMessage(),
          "The language is described in docs/reference/expressions.md.").asException();
    }
  }
}
