package portrait.foundation.expressions;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The functions of the language. A missing argument makes the result missing, except of `coalesce`.
public enum Function {
  LOWER(ValueType.TEXT, ValueType.TEXT), UPPER(ValueType.TEXT, ValueType.TEXT), TRIM(ValueType.TEXT,
      ValueType.TEXT), LENGTH(ValueType.NUMBER, ValueType.TEXT), CONCAT(ValueType.TEXT, ValueType.TEXT), ABS(
          ValueType.NUMBER, ValueType.NUMBER), ROUND(ValueType.NUMBER, ValueType.NUMBER), FLOOR(ValueType.NUMBER,
              ValueType.NUMBER), CEIL(ValueType.NUMBER, ValueType.NUMBER), YEAR(ValueType.NUMBER,
                  ValueType.DATE), MONTH(
                      ValueType.NUMBER,
                      ValueType.DATE), DAY(ValueType.NUMBER, ValueType.DATE), DAY_OF_WEEK(ValueType.NUMBER,
                          ValueType.DATE), QUARTER(ValueType.NUMBER, ValueType.DATE), WEEK(ValueType.NUMBER,
                              ValueType.DATE), START_OF_WEEK(ValueType.DATE, ValueType.DATE), START_OF_MONTH(
                                  ValueType.DATE, ValueType.DATE), START_OF_QUARTER(ValueType.DATE,
                                      ValueType.DATE), START_OF_YEAR(ValueType.DATE, ValueType.DATE), HOUR(
                                          ValueType.NUMBER,
                                          ValueType.TIMESTAMP), MINUTE(ValueType.NUMBER, ValueType.TIMESTAMP), SECOND(
                                              ValueType.NUMBER,
                                              ValueType.TIMESTAMP), SUBSTRING(ValueType.TEXT, ValueType.TEXT), INDEX_OF(
                                                  ValueType.NUMBER, ValueType.TEXT), TIME_OF_DAY(ValueType.TEXT,
                                                      ValueType.TIMESTAMP), DAYS_SINCE(ValueType.NUMBER,
                                                          ValueType.TIMESTAMP), COALESCE(ValueType.ANY,
                                                              ValueType.ANY), TEXT(
                                                                  ValueType.TEXT,
                                                                  ValueType.ANY), NUMBER(ValueType.NUMBER,
                                                                      ValueType.ANY), BOOLEAN(
                                                                          ValueType.BOOLEAN,
                                                                          ValueType.ANY), DATE(ValueType.DATE,
                                                                              ValueType.ANY), TIMESTAMP(
                                                                                  ValueType.TIMESTAMP,
                                                                                  ValueType.ANY);

  private final ValueType result;
  private final ValueType argument;

  Function(ValueType result, ValueType argument) {
    this.result = result;
    this.argument = argument;
  }

  ValueType result() {
    return result;
  }

  ValueType argument() {
    return argument;
  }

  int argumentsMin() {
    return switch (this) {
      case CONCAT, COALESCE, SUBSTRING, INDEX_OF -> 2;
      case LOWER, UPPER, TRIM, LENGTH, ABS, ROUND, FLOOR, CEIL, YEAR, MONTH, DAY, DAY_OF_WEEK, QUARTER, WEEK,
          START_OF_WEEK, START_OF_MONTH, START_OF_QUARTER, START_OF_YEAR, HOUR, MINUTE, SECOND, TIME_OF_DAY, DAYS_SINCE,
          TEXT, NUMBER, BOOLEAN, DATE, TIMESTAMP ->
        1;
    };
  }

  int argumentsMax() {
    return switch (this) {
      case CONCAT, COALESCE -> 16;
      case SUBSTRING -> 3;
      case ROUND, INDEX_OF -> 2;
      case LOWER, UPPER, TRIM, LENGTH, ABS, FLOOR, CEIL, YEAR, MONTH, DAY, DAY_OF_WEEK, QUARTER, WEEK, START_OF_WEEK,
          START_OF_MONTH, START_OF_QUARTER, START_OF_YEAR, HOUR, MINUTE, SECOND, TIME_OF_DAY, DAYS_SINCE, TEXT, NUMBER,
          BOOLEAN, DATE, TIMESTAMP ->
        1;
    };
  }

  /// As it is written.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Function> of(String text) {
    for (var function : values()) {
      if (function.text().equals(text)) {
        return Optional.of(function);
      }
    }
    return Optional.empty();
  }

  static List<String> names() {
    return java.util.Arrays.stream(values()).map(Function::text).toList();
  }
}
