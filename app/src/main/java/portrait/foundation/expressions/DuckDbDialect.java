package portrait.foundation.expressions;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import portrait.foundation.model.ColumnType;
import portrait.foundation.warehouse.Sql;

/// DuckDB 2. Casts of text are guarded by patterns, because the engine reads more than [Values] does (`1_000`, ` 5`,
/// `inf`) and drops the offset of a timestamp unless it is cast with a time zone.
final class DuckDbDialect implements Dialect {

  private static final Sql NOTHING = Sql.of("NULL");

  @Override
  public Sql converted(Sql value, ColumnType type, ValueType wanted, ZoneId zone) {
    return switch (wanted) {
      case TEXT, ANY -> text(value, type);
      case NUMBER -> switch (type) {
        case INTEGER, NUMBER -> Sql.format("CAST({} AS DOUBLE)", value);
        case STRING, JSON -> numberOfText(plain(value, type));
        case BOOLEAN, DATE, TIMESTAMP -> Sql.format("CAST({} AS DOUBLE)", NOTHING);
      };
      case BOOLEAN -> switch (type) {
        case BOOLEAN -> value;
        case STRING, JSON -> Sql.format("CASE lower({}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END",
            plain(value, type));
        case INTEGER, NUMBER, DATE, TIMESTAMP -> Sql.format("CAST({} AS BOOLEAN)", NOTHING);
      };
      case DATE -> switch (type) {
        case DATE -> value;
        case TIMESTAMP -> dayOf(value, zone);
        case STRING, JSON -> dateOfText(plain(value, type), zone);
        case INTEGER, NUMBER, BOOLEAN -> Sql.format("CAST({} AS DATE)", NOTHING);
      };
      case TIMESTAMP -> switch (type) {
        case TIMESTAMP -> value;
        case DATE -> begin(value, zone);
        case STRING, JSON -> timestampOfText(plain(value, type), zone);
        case INTEGER, NUMBER, BOOLEAN -> Sql.format("CAST({} AS TIMESTAMP)", NOTHING);
      };
    };
  }

  /// Text of a JSON value without caring for the form of numbers.
  private static Sql plain(Sql value, ColumnType type) {
    return type == ColumnType.JSON ? Sql.format("json_extract_string({}, '$')", value) : value;
  }

  private static Sql text(Sql value, ColumnType type) {
    return switch (type) {
      case STRING -> value;
      case INTEGER, BOOLEAN -> Sql.format("CAST({} AS VARCHAR)", value);
      case NUMBER -> textOfNumber(value);
      case DATE -> Sql.format("strftime({}, '%Y-%m-%d')", value);
      case TIMESTAMP -> Sql.format("strftime({}, '%Y-%m-%dT%H:%M:%S.%fZ')", value);
      case JSON -> Sql.format("""
          CASE json_type({})
            WHEN 'OBJECT' THEN NULL WHEN 'ARRAY' THEN NULL
            WHEN 'DOUBLE' THEN {}
            WHEN 'UBIGINT' THEN CASE WHEN TRY_CAST({} AS BIGINT) IS NULL THEN {} ELSE {} END
            ELSE {} END""", value, textOfNumber(doubleOfJson(value)), plain(value, type),
          textOfNumber(doubleOfJson(value)), plain(value, type), plain(value, type));
    };
  }

  private static Sql doubleOfJson(Sql value) {
    return Sql.format("CAST(json_extract_string({}, '$') AS DOUBLE)", value);
  }

  private static Sql textOfNumber(Sql number) {
    return Sql.format("""
        CASE WHEN {} = trunc({}) AND abs({}) < 1e15 THEN CAST(CAST({} AS BIGINT) AS VARCHAR)
          ELSE CAST({} AS VARCHAR) END""", number, number, number, number, number);
  }

  private static Sql numberOfText(Sql text) {
    return finite(Sql.format("TRY_CAST(CASE WHEN regexp_full_match({}, '" + Values.NUMBER_PATTERN
        + "') THEN {} END AS DOUBLE)", text, text));
  }

  private static Sql finite(Sql number) {
    return Sql.format("nullif(nullif({}, CAST('Infinity' AS DOUBLE)), CAST('-Infinity' AS DOUBLE))", number);
  }

  private static Sql dateOfText(Sql text, ZoneId zone) {
    return Sql.format("coalesce({}, {})", dateOnly(text), dayOf(momentOfText(text), zone));
  }

  private static Sql timestampOfText(Sql text, ZoneId zone) {
    return Sql.format("coalesce({}, {})", begin(dateOnly(text), zone), momentOfText(text));
  }

  private static Sql dateOnly(Sql text) {
    return Sql.format("TRY_CAST(CASE WHEN regexp_full_match({}, '" + Values.DATE_PATTERN + "') THEN {} END AS DATE)",
        text, text);
  }

  private static Sql momentOfText(Sql text) {
    return Sql.format("""
        timezone('UTC', TRY_CAST(CASE WHEN regexp_full_match({}, '%s') THEN {} || 'Z'
          WHEN regexp_full_match({}, '%s') THEN {} END AS TIMESTAMPTZ))""".formatted(Values.LOCAL_PATTERN,
        Values.LOCAL_PATTERN + Values.OFFSET_PATTERN), text, text, text, text);
  }

  private static Sql dayOf(Sql timestamp, ZoneId zone) {
    return Sql.format("CAST({} AS DATE)", local(timestamp, zone));
  }

  private static Sql local(Sql timestamp, ZoneId zone) {
    return zone == ZoneOffset.UTC ? timestamp
        : Sql.format("timezone({}, timezone('UTC', {}))", name(zone), timestamp);
  }

  private static Sql begin(Sql date, ZoneId zone) {
    return zone == ZoneOffset.UTC ? Sql.format("CAST({} AS TIMESTAMP)", date)
        : Sql.format("timezone('UTC', timezone({}, CAST({} AS TIMESTAMP)))", name(zone), date);
  }

  private static Sql name(ZoneId zone) {
    return Sql.of("'" + zone.getId().replace("'", "''") + "'");
  }

  /// A JSON Pointer (RFC 6901) as a constant: the engine prepares its search once.
  @Override
  public Sql property(Sql properties, String path) {
    String pointer = Arrays.stream(path.split("\\.", -1)).map(key -> "/" + key.replace("~", "~0").replace("/", "~1"))
        .collect(Collectors.joining());
    return Sql.of("json_extract(" + properties.text() + ", '" + pointer.replace("'", "''") + "')");
  }

  @Override
  public Sql call(Function function, Sql argument) {
    return switch (function) {
      case LOWER -> Sql.format("lower({})", argument);
      case UPPER -> Sql.format("upper({})", argument);
      case TRIM -> Sql.format("trim({}, ' ')", argument);
      case LENGTH -> Sql.format("CAST(length({}) AS DOUBLE)", argument);
      case ABS -> Sql.format("abs({})", argument);
      case FLOOR -> Sql.format("floor({})", argument);
      case CEIL -> Sql.format("ceil({})", argument);
      case YEAR -> Sql.format("CAST(year({}) AS DOUBLE)", argument);
      case MONTH -> Sql.format("CAST(month({}) AS DOUBLE)", argument);
      case DAY -> Sql.format("CAST(day({}) AS DOUBLE)", argument);
      case DAY_OF_WEEK -> Sql.format("CAST(isodow({}) AS DOUBLE)", argument);
      case QUARTER -> Sql.format("CAST(quarter({}) AS DOUBLE)", argument);
      case WEEK -> Sql.format("CAST(weekofyear({}) AS DOUBLE)", argument);
      case START_OF_WEEK -> Sql.format("CAST(date_trunc('week', {}) AS DATE)", argument);
      case START_OF_MONTH -> Sql.format("CAST(date_trunc('month', {}) AS DATE)", argument);
      case START_OF_QUARTER -> Sql.format("CAST(date_trunc('quarter', {}) AS DATE)", argument);
      case START_OF_YEAR -> Sql.format("CAST(date_trunc('year', {}) AS DATE)", argument);
      case TEXT, NUMBER, BOOLEAN, DATE, TIMESTAMP -> argument;
      case CONCAT, ROUND, HOUR, MINUTE, SECOND, SUBSTRING, INDEX_OF, TIME_OF_DAY, DAYS_SINCE, COALESCE ->
        throw new IllegalArgumentException(function + " has its own");
    };
  }

  @Override
  public Sql rounded(Sql number, double scale) {
    return finite(Sql.format("round({} * {}) / {}", number, literal(scale), literal(scale)));
  }

  @Override
  public Sql whole(Sql number) {
    return Sql.format("TRY_CAST(round({}) AS BIGINT)", number);
  }

  private static Sql literal(double number) {
    return Sql.of("CAST(" + number + " AS DOUBLE)");
  }

  @Override
  public Sql arithmetic(Sql left, Formula.Operator operator, Sql right) {
    return finite(switch (operator) {
      case ADD, SUBTRACT, MULTIPLY -> Sql.format("({} " + operator.sign() + " {})", left, right);
      case DIVIDE, REMAINDER -> Sql.format("({} " + operator.sign() + " nullif({}, CAST(0 AS DOUBLE)))", left, right);
    });
  }

  @Override
  public Sql clock(Function part, Sql timestamp, ZoneId zone) {
    return Sql.format("CAST(%s({}) AS DOUBLE)".formatted(part.text()), local(timestamp, zone));
  }

  @Override
  public Sql part(Sql text, int from, OptionalInt length) {
    return Sql.format("substring({}, %d%s)".formatted(from + 1L,
        length.isPresent() ? ", " + length.getAsInt() : ""), text);
  }

  @Override
  public Sql indexOf(Sql text, Sql sought) {
    return Sql.format("CAST(CASE WHEN {} = '' THEN 0 ELSE instr({}, {}) - 1 END AS DOUBLE)", sought, text, sought);
  }

  @Override
  public Sql timeOfDay(Sql timestamp, ZoneId zone) {
    return Sql.format("strftime({}, '%H:%M:%S')", local(timestamp, zone));
  }

  @Override
  public Sql daysSince(Sql timestamp, Sql now) {
    return Sql.format("floor(CAST(epoch_us({}) - epoch_us({}) AS DOUBLE) / CAST(86400000000 AS DOUBLE))", now,
        timestamp);
  }

  @Override
  public Sql matches(Sql text, Condition.Match match, Sql pattern) {
    return switch (match) {
      case CONTAINS -> Sql.format("contains({}, {})", text, pattern);
      case STARTS_WITH -> Sql.format("starts_with({}, {})", text, pattern);
      case ENDS_WITH -> Sql.format("ends_with({}, {})", text, pattern);
      case LIKE -> Sql.format("({} LIKE {})", text, pattern);
      case CHILD_OF -> below(text, pattern);
      case PARENT_OF -> below(pattern, text);
    };
  }

  /// Something stands behind the slash.
  private static Sql below(Sql place, Sql other) {
    return Sql.format("(starts_with({}, {} || '/') AND length({}) > length({}) + 1)", place, other, place, other);
  }

  @Override
  public Sql sum(Sql number, Sql filter) {
    // By way of text the 128-bit sum becomes the nearest double; the engine's own cast may be one bit off.
    return Sql.format("""
        CAST(CAST(sum(CAST(round(CASE WHEN abs({}) < 1e18 THEN {} END * CAST(1e9 AS DOUBLE)) AS HUGEINT))
          FILTER (WHERE {}) AS VARCHAR) AS DOUBLE) / CAST(1e9 AS DOUBLE)""", number, number, filter);
  }

  @Override
  public Sql average(Sql number, Sql filter) {
    return Sql.format(
        "({}) / nullif(CAST(count(*) FILTER (WHERE abs({}) < 1e18 AND ({})) AS DOUBLE), CAST(0 AS DOUBLE))",
        sum(number, filter), number, filter);
  }

  @Override
  public Sql endmost(boolean isFirst, Sql value, Sql time, Sql id, Sql filter) {
    return Sql.format((isFirst ? "arg_min" : "arg_max") + "({}, ({}, {})) FILTER (WHERE {})", value, time, id, filter);
  }

  @Override
  public Sql extreme(boolean isLeast, Sql value, Sql by, Sql time, Sql id, Sql filter) {
    return Sql.format(
        (isLeast ? "arg_min" : "arg_max") + "({}, ({}, {}, {})) FILTER (WHERE ({}) AND ({}) IS NOT NULL)", value, by,
        time, id, filter, by);
  }

  /// Read in place: the events of a share of the customers would be a large table to write down.
  @Override
  public Sql sampled(int oneIn) {
    return Sql.of("""
        Customer AS NOT MATERIALIZED (SELECT * FROM main.Customer WHERE hash(CustomerId) %% %1$d = 0),
        UnifiedActivity AS NOT MATERIALIZED (SELECT * FROM main.UnifiedActivity WHERE hash(CustomerId) %% %1$d = 0)"""
        .formatted(oneIn));
  }

  @Override
  public Sql among(Expressions.Among some) {
    return Sql.of("Customer AS NOT MATERIALIZED (FROM %s), UnifiedActivity AS NOT MATERIALIZED (FROM %s)"
        .formatted(some.customers(), some.activities()));
  }

  @Override
  public Sql json(Sql value) {
    return Sql.format("CASE json_type({}) WHEN 'OBJECT' THEN to_json(CAST({} AS VARCHAR)) ELSE {} END", value, value,
        value);
  }

  @Override
  public Sql items(Sql json) {
    return Sql.format("""
        CASE json_type({}) WHEN 'ARRAY' THEN json_extract({}, '$[*]') WHEN 'OBJECT' THEN NULL WHEN 'NULL' THEN NULL
          ELSE CASE WHEN {} IS NOT NULL THEN [{}] END END""", json, json, json, json);
  }

  @Override
  public Sql only(Sql value) {
    return Sql.format("CASE WHEN {} IS NOT NULL THEN [{}] END", value, value);
  }

  /// 2 is true, 1 is unknown, 0 is false: the greatest decides whether any is, the least whether all are.
  @Override
  public Sql quantified(boolean isAll, Sql list, String item, Sql condition) {
    return Sql.format("""
        CASE WHEN {} IS NULL THEN NULL ELSE
          CASE coalesce(%s(list_transform({}, lambda %s: coalesce(CAST({} AS INTEGER) * 2, 1))), %d)
            WHEN 2 THEN TRUE WHEN 0 THEN FALSE END END""".formatted(isAll ? "list_min" : "list_max", item,
        isAll ? 2 : 0), list, list, condition);
  }

  @Override
  public Sql interval(long seconds) {
    return Sql.of("INTERVAL '" + seconds + " seconds'");
  }
}
