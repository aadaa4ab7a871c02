package portrait.stages.sources;

import java.util.Locale;
import java.util.Optional;
import portrait.foundation.warehouse.Sql;

/// How the text of a field becomes a value of its column's type: the rules of the whole house, as expressions for the
/// engine. An expression is null where the text is none, and where it does not fit; discovery asks the same
/// expressions which type fits, so what is suggested can always be loaded.
///
/// The engine's own casts take too much: `1_5`, `1.5` as the whole number 2, `epoch`, a time zone that is silently
/// dropped. So the shape is checked first.
final class ColumnValues {

  private static final String ISO_TIME = "[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?";
  private static final String ISO_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}";

  private final Optional<Character> decimal;

  /// @param decimal the mark before the fraction, when it is declared: only then are the marks between thousands known
  ///        too, and dropped
  ColumnValues(Optional<Character> decimal) {
    this.decimal = decimal;
  }

  /// The value of a column.
  ///
  /// @param text the SQL of its text, a column's name
  Sql value(ColumnDefinition column, String text) {
    return switch (column.type()) {
      case STRING -> Sql.of(text);
      case INTEGER -> Sql.of("""
          CASE WHEN regexp_full_match({n}, '[+-]?[0-9]+([.]0*)?') THEN try_cast({n} AS BIGINT) END"""
          .replace("{n}", plainNumber(text)));
      case NUMBER -> Sql.of("""
          CASE WHEN regexp_full_match({n}, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?')
            AND isfinite(try_cast({n} AS DOUBLE)) THEN try_cast({n} AS DOUBLE) END""".replace("{n}",
          plainNumber(text)));
      case BOOLEAN -> Sql.of("""
          CASE WHEN lower(%1$s) IN ('true', 't', 'yes', 'y', 'on', '1') THEN true
            WHEN lower(%1$s) IN ('false', 'f', 'no', 'n', 'off', '0') THEN false END""".formatted(text));
      case DATE -> column.format().isPresent()
          ? Sql.format("CAST({} AS DATE)", moment(column, text))
          : Sql.of("CASE WHEN regexp_full_match(%1$s, '%2$s(%3$s.*)?') THEN try_cast(left(%1$s, 10) AS DATE) END"
              .formatted(text, ISO_DATE, ISO_TIME));
      case TIMESTAMP -> moment(column, text);
      case JSON -> Sql.of("CASE WHEN json_valid(%1$s) THEN CAST(%1$s AS JSON) END".formatted(text));
    };
  }

  /// What would be right, for people.
  String expected(ColumnDefinition column) {
    return switch (column.type()) {
      case STRING -> "text";
      case INTEGER -> "a whole number";
      case NUMBER -> decimal.map(mark -> "a number such as 12%s5".formatted(mark)).orElse("a number such as 12.5");
      case BOOLEAN -> "true or false";
      case DATE -> "a day written " + column.format().orElse("yyyy-MM-dd");
      case TIMESTAMP -> "a time written " + column.format().orElse("yyyy-MM-dd HH:mm:ss, with or without a zone");
      case JSON -> "JSON";
    };
  }

  private static Sql moment(ColumnDefinition column, String text) {
    String format = column.format().orElse("");
    var moment = switch (format) {
      case "" -> iso(text);
      case DateFormat.EPOCH_SECONDS -> Sql.of("try(make_timestamp(try_cast(%s AS BIGINT) * 1000000))".formatted(text));
      case DateFormat.EPOCH_MILLIS -> Sql.of("try(make_timestamp(try_cast(%s AS BIGINT) * 1000))".formatted(text));
      default -> given(format, text);
    };
    // Text that names its own zone is in UTC by now; the column's zone is for the rest.
    return column.zone().isPresent() && !format.toLowerCase(Locale.ROOT).startsWith("epoch")
        ? Sql.format("CASE WHEN regexp_matches(%s, '(Z|[+-][0-9]{2}:?([0-9]{2})?)$') AND length(%s) > 10 THEN {} "
            .formatted(text, text) + "ELSE timezone('UTC', timezone({}, {})) END", moment,
            Sql.of("?", column.zone().orElseThrow().getId()), moment)
        : moment;
  }

  private static Sql given(String format, String text) {
    String engine = DateFormat.inEngine(format).orElseThrow();
    // The engine wants the format as a literal.
    String parsed = "try_strptime(%s, '%s')".formatted(text, engine.replace("'", "''"));
    return Sql.of(engine.contains("%z") ? "timezone('UTC', " + parsed + ")" : parsed);
  }

  private static Sql iso(String text) {
    return Sql.of("""
        CASE WHEN regexp_full_match(%1$s, '%2$s(%3$s)?Z?') THEN try_cast(%1$s AS TIMESTAMP)
          WHEN regexp_full_match(%1$s, '%2$s%3$s ?[+-][0-9]{2}(:?[0-9]{2})?')
            THEN timezone('UTC', try_cast(%1$s AS TIMESTAMPTZ)) END""".formatted(text, ISO_DATE, ISO_TIME));
  }

  /// The text of a number with a point before the fraction and nothing between thousands.
  private String plainNumber(String text) {
    if (decimal.isEmpty()) {
      return text;
    }
    char mark = decimal.orElseThrow();
    String group = mark == ',' ? "[. \u00a0\u202f'']" : "[, \u00a0\u202f'']";
    return """
        replace(CASE WHEN regexp_full_match(%1$s, '[+-]?[0-9]{1,3}(%2$s[0-9]{3})+([%3$s][0-9]*)?')
          THEN regexp_replace(%1$s, '%2$s', '', 'g')
          ELSE CASE WHEN NOT contains(%1$s, '%4$s') THEN %1$s END END, '%3$s', '.')"""
        .formatted(text, group, mark, mark == ',' ? '.' : ',');
  }
}
