package portrait.foundation.expressions;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Formula.Literal;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Sql;

/// Writes formulas and conditions as SQL expressions: over the columns of a customer, or over one row of events.
final class FormulaSql {

  /// Conversions repeat their argument; what grows beyond this was nested to do harm.
  private static final int LENGTH_MAX = 400_000;

  private static final String ITEM = "item";

  private final Dialect dialect;
  private final Instant now;
  private final ZoneId zone;
  private final Columns columns;
  private final EventSql events;
  /// What the items of the list in hand are.
  private ColumnType itemType = ColumnType.JSON;

  FormulaSql(Dialect dialect, Instant now, ZoneId zone, Columns columns, EventSql events) {
    this.dialect = dialect;
    this.now = now;
    this.zone = zone;
    this.columns = columns;
    this.events = events;
  }

  /// A value and what it is before it is converted.
  private record Piece(Sql sql, ColumnType type) {}

  Sql as(ValueType wanted, Formula formula) {
    Sql sql = switch (formula) {
      case Formula.Call(var function, var arguments) when function == Function.COALESCE -> Sql.format("coalesce({})",
          Sql.join(", ", arguments.stream().map(argument -> as(wanted, argument)).toList()));
      case Formula.Aggregate aggregate when Typed.of(aggregate) == ValueType.ANY ->
        events.endmost(aggregate, wanted, this);
      case Formula _ -> {
        var piece = natural(formula);
        var converted = dialect.converted(piece.sql, piece.type, wanted, zone);
        yield formula instanceof Formula.Property ? events.converted(converted) : converted;
      }
    };
    if (sql.text().length() > LENGTH_MAX) {
      throw Problem.of(Problem.Code.INVALID_EXPRESSION,
          "the expression is too complicated: its SQL has more than %d characters".formatted(LENGTH_MAX),
          "Split it into measures that build on each other.").asException();
    }
    return sql;
  }

  private Piece natural(Formula formula) {
    return switch (formula) {
      case Literal(var value) -> literal(value);
      case Formula.Attribute(var name) -> attribute(name);
      case Formula.Item _ -> new Piece(Sql.of(ITEM), itemType);
      case Formula.Measure(var name) -> columns.measure(name)
          .map(type -> new Piece(events.measure(name), column(type))).orElse(literal(null));
      case Formula.Property(var path) ->
        new Piece(events.property(dialect.property(Sql.of("e.Properties"), path)), ColumnType.JSON);
      case Formula.EventTime _ -> new Piece(Sql.of("e.ActivityTimestamp"), ColumnType.TIMESTAMP);
      case Formula.EventName _ -> new Piece(Sql.of("e.ActivityName"), ColumnType.STRING);
      case Formula.Now shifted -> literal(Span.micros(FormulaCompiler.shifted(shifted, Span.micros(now))));
      case Formula.Today _ -> literal(LocalDate.ofEpochDay(Values.dayOf(Span.micros(now), zone)));
      case Formula.Arithmetic(var left, var operator, var right) -> new Piece(
          dialect.arithmetic(as(ValueType.NUMBER, left), operator, as(ValueType.NUMBER, right)), ColumnType.NUMBER);
      case Formula.Negative(var of) -> new Piece(Sql.format("(-{})", as(ValueType.NUMBER, of)), ColumnType.NUMBER);
      case Formula.Call call -> new Piece(call(call), column(call.function().result()));
      case Formula.Aggregate aggregate -> new Piece(events.aggregate(aggregate, this), column(Typed.of(aggregate)));
    };
  }

  private Sql call(Formula.Call call) {
    var arguments = call.arguments();
    var first = arguments.getFirst();
    var function = call.function();
    return switch (function) {
      case LOWER, UPPER, TRIM, LENGTH, ABS, FLOOR, CEIL, YEAR, MONTH, DAY, DAY_OF_WEEK, QUARTER, WEEK, START_OF_WEEK,
          START_OF_MONTH, START_OF_QUARTER, START_OF_YEAR ->
        dialect.call(function, as(function.argument(), first));
      case TEXT, NUMBER, BOOLEAN, DATE, TIMESTAMP -> dialect.call(function, as(function.result(), first));
      case CONCAT -> Sql.format("({})",
          Sql.join(" || ", arguments.stream().map(argument -> as(ValueType.TEXT, argument)).toList()));
      case ROUND -> dialect.rounded(as(ValueType.NUMBER, first), FormulaCompiler.scale(call));
      case HOUR, MINUTE, SECOND -> dialect.clock(function, as(ValueType.TIMESTAMP, first), zone);
      case SUBSTRING -> dialect.part(as(ValueType.TEXT, first), FormulaCompiler.place(arguments.get(1)),
          arguments.size() == 3 ? OptionalInt.of(FormulaCompiler.place(arguments.get(2))) : OptionalInt.empty());
      case INDEX_OF -> dialect.indexOf(as(ValueType.TEXT, first), as(ValueType.TEXT, arguments.getLast()));
      case TIME_OF_DAY -> dialect.timeOfDay(as(ValueType.TIMESTAMP, first), zone);
      case DAYS_SINCE ->
        dialect.daysSince(as(ValueType.TIMESTAMP, first), Sql.of("CAST(? AS TIMESTAMP)", micros(now)));
      case COALESCE -> throw new IllegalStateException("coalesce takes the type that is wanted");
    };
  }

  private static Piece literal(@Nullable Object value) {
    return switch (value) {
      case null -> new Piece(Sql.of("CAST(NULL AS VARCHAR)"), ColumnType.STRING);
      case String text -> new Piece(Sql.of("CAST(? AS VARCHAR)", text), ColumnType.STRING);
      case Boolean truth -> new Piece(Sql.of("CAST(? AS BOOLEAN)", truth), ColumnType.BOOLEAN);
      case LocalDate day -> new Piece(Sql.of("CAST(? AS DATE)", day), ColumnType.DATE);
      case Instant moment -> new Piece(Sql.of("CAST(? AS TIMESTAMP)", micros(moment)), ColumnType.TIMESTAMP);
      case Long number -> new Piece(Sql.of("CAST(? AS BIGINT)", number), ColumnType.INTEGER);
      case Double number -> new Piece(Sql.of("CAST(? AS DOUBLE)", number), ColumnType.NUMBER);
      default -> throw new IllegalArgumentException("no literal: " + value.getClass().getName());
    };
  }

  static Instant micros(Instant moment) {
    return Span.micros(Span.micros(moment));
  }

  private Piece attribute(String name) {
    return columns.attribute(name)
        .map(type -> new Piece(
            type == ColumnType.JSON ? dialect.json(Sql.of("c." + Sql.quoted(name))) : Sql.of("c." + Sql.quoted(name)),
            type))
        .orElse(literal(null));
  }

  private Sql items(Condition.Items items) {
    var piece = natural(items.of());
    itemType = piece.type;
    var list = piece.type == ColumnType.JSON ? dialect.items(piece.sql) : dialect.only(piece.sql);
    return dialect.quantified(items.isAll(), list, ITEM, condition(items.each()));
  }

  /// A measure's JSON is text.
  private static ColumnType column(ColumnType type) {
    return type == ColumnType.JSON ? ColumnType.STRING : type;
  }

  private static ColumnType column(ValueType type) {
    return switch (type) {
      case TEXT, ANY -> ColumnType.STRING;
      case NUMBER -> ColumnType.NUMBER;
      case BOOLEAN -> ColumnType.BOOLEAN;
      case DATE -> ColumnType.DATE;
      case TIMESTAMP -> ColumnType.TIMESTAMP;
    };
  }

  ZoneId zone() {
    return zone;
  }

  Sql condition(Condition condition) {
    return switch (condition) {
      case Condition.All(var parts) -> joined(parts, " AND ", "TRUE");
      case Condition.Any(var parts) -> joined(parts, " OR ", "FALSE");
      case Condition.Not(var part) -> Sql.format("(NOT {})", condition(part));
      case Condition.Comparison(var left, var relation, var right, var isIgnoringCase) ->
        comparison(left, relation, right, isIgnoringCase);
      case Condition.Between(var of, var low, var high) ->
        Sql.format("({} AND {})", comparison(of, Condition.Relation.AT_LEAST, low, false),
            comparison(of, Condition.Relation.AT_MOST, high, false));
      case Condition.OneOf(var of, var values, var isIgnoringCase) -> {
        var type = Typed.common(of, values.getFirst(), isIgnoringCase);
        yield Sql.format("({} IN ({}))", cased(as(type, of), isIgnoringCase), Sql.join(", ",
            values.stream().map(value -> as(type, isIgnoringCase ? lower(value) : value)).toList()));
      }
      case Condition.Matches(var of, var match, var pattern, var isIgnoringCase) ->
        dialect.matches(cased(as(ValueType.TEXT, of), isIgnoringCase), match,
            Sql.of("CAST(? AS VARCHAR)", isIgnoringCase ? Texts.lower(pattern) : pattern));
      case Condition.IsNull(var of) -> Sql.format("(({}) IS NULL)", as(Typed.of(of), of));
      case Condition.InPeriod(var of, var period) -> Sql.format(
          "({} >= CAST({} AS TIMESTAMP) AND {} < CAST({} AS TIMESTAMP))", as(ValueType.TIMESTAMP, of),
          Sql.of("?", period.from(now, zone)), as(ValueType.TIMESTAMP, of), Sql.of("?", period.to(now, zone)));
      case Condition.Truth(var of) -> Sql.format("({})", as(ValueType.BOOLEAN, of));
      case Condition.Items items -> items(items);
      case Condition.Member(var segment) -> events.member(segment);
      case Condition.Sequence sequence -> events.sequence(sequence, this);
    };
  }

  private static Literal lower(Literal literal) {
    return literal.value() instanceof String text ? new Literal(Texts.lower(text)) : literal;
  }

  private Sql cased(Sql text, boolean isIgnoringCase) {
    return isIgnoringCase ? dialect.call(Function.LOWER, text) : text;
  }

  private Sql comparison(Formula left, Condition.Relation relation, Formula right, boolean isIgnoringCase) {
    var type = Typed.common(left, right, isIgnoringCase);
    if (type == ValueType.ANY) {
      return untyped(left, relation, right);
    }
    return Sql.format("({} " + relation.sign() + " {})", cased(as(type, left), isIgnoringCase),
        cased(as(type, right), isIgnoringCase));
  }

  private Sql untyped(Formula left, Condition.Relation relation, Formula right) {
    var one = as(ValueType.TEXT, left);
    var other = as(ValueType.TEXT, right);
    var first = dialect.converted(one, ColumnType.STRING, ValueType.NUMBER, zone);
    var second = dialect.converted(other, ColumnType.STRING, ValueType.NUMBER, zone);
    return Sql.format(
        "(CASE WHEN {} IS NOT NULL AND {} IS NOT NULL THEN {} " + relation.sign() + " {} ELSE {} " + relation.sign()
            + " {} END)",
        first, second, first, second, one, other);
  }

  private Sql joined(List<Condition> parts, String word, String none) {
    return parts.isEmpty() ? Sql.of(none)
        : Sql.format("({})", Sql.join(word, parts.stream().map(this::condition).toList()));
  }
}
