package portrait.foundation.warehouse;

import portrait.foundation.model.ColumnType;

/// What the engine calls the types of columns.
public final class ColumnTypes {

  private ColumnTypes() {}

  /// The engine's name of a type, as statements have it.
  public static String name(ColumnType type) {
    return switch (type) {
      case STRING -> "VARCHAR";
      case INTEGER -> "BIGINT";
      case NUMBER -> "DOUBLE";
      case BOOLEAN -> "BOOLEAN";
      case DATE -> "DATE";
      case TIMESTAMP -> "TIMESTAMP";
      case JSON -> "JSON";
    };
  }

  /// The type that holds what a column of the engine has: what is nested is JSON, what is unknown is text.
  ///
  /// @param name as the engine describes the column: `DECIMAL(18,3)`, `VARCHAR[]`
  public static ColumnType of(String name) {
    if (name.endsWith("]") || name.startsWith("STRUCT") || name.startsWith("MAP")) {
      return ColumnType.JSON;
    }
    return switch (name) {
      case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT" ->
        ColumnType.INTEGER;
      case "FLOAT", "DOUBLE" -> ColumnType.NUMBER;
      case "BOOLEAN" -> ColumnType.BOOLEAN;
      case "DATE" -> ColumnType.DATE;
      case "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S" ->
        ColumnType.TIMESTAMP;
      case "JSON" -> ColumnType.JSON;
      case String decimal when decimal.startsWith("DECIMAL") -> ColumnType.NUMBER;
      case String _ -> ColumnType.STRING;
    };
  }
}
