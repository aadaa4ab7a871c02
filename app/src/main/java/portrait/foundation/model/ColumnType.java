package portrait.foundation.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// What a column, an attribute or an event property can hold. Every type is nullable.
///
/// `INTEGER` is a 64-bit whole number, `NUMBER` a 64-bit floating point one (never NaN or infinite), `DATE` a calendar
/// day, `TIMESTAMP` a moment kept in UTC with microseconds, `JSON` any JSON value kept as text.
public enum ColumnType {
  STRING, INTEGER, NUMBER, BOOLEAN, DATE, TIMESTAMP, JSON;

  /// The type as it is written in definitions: `string`, `timestamp`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Reads a type as it is written in definitions.
  ///
  /// @throws ProblemException `invalid_definition` that lists the types there are
  public static ColumnType of(String text) {
    for (var type : values()) {
      if (type.text().equals(text)) {
        return type;
      }
    }
    String known = Arrays.stream(values()).map(ColumnType::text).collect(Collectors.joining(", "));
    throw Problem.of(Problem.Code.INVALID_DEFINITION, "type was '%s' but must be one of %s".formatted(text, known))
        .asException();
  }
}
