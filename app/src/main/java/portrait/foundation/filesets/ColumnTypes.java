package portrait.foundation.filesets;

import portrait.foundation.model.ColumnType;

/// What the engine's types of a Parquet file mean here.
final class ColumnTypes {

  private ColumnTypes() {}

  static ColumnType of(String engine) {
    if (engine.endsWith("]") || engine.startsWith("STRUCT") || engine.startsWith("MAP") || engine.equals("JSON")) {
      return ColumnType.JSON;
    }
    if (engine.startsWith("DECIMAL")) {
      return ColumnType.NUMBER;
    }
    return switch (engine) {
      case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT" ->
        ColumnType.INTEGER;
      case "FLOAT", "DOUBLE" -> ColumnType.NUMBER;
      case "BOOLEAN" -> ColumnType.BOOLEAN;
      case "DATE" -> ColumnType.DATE;
      case "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S" ->
        ColumnType.TIMESTAMP;
      default -> ColumnType.STRING;
    };
  }
}
