package portrait.foundation.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The columns of a table, in order. Names are unique ignoring case.
public record Schema(List<Column> columns) {

  public Schema {
    columns = List.copyOf(columns);
    long distinct = columns.stream().map(column -> column.name().toLowerCase(Locale.ROOT)).distinct().count();
    if (distinct != columns.size()) {
      throw new IllegalArgumentException("column names must be unique ignoring case: " + columns);
    }
  }

  public static Schema of(Column... columns) {
    return new Schema(List.of(columns));
  }

  /// The column of that name, ignoring case.
  public Optional<Column> column(String name) {
    return columns.stream().filter(column -> column.name().equalsIgnoreCase(name)).findFirst();
  }

  /// @param name as people wrote it
  /// @param type what it holds
  public record Column(String name, ColumnType type) {

    public static Column of(String name, ColumnType type) {
      return new Column(name, type);
    }
  }
}
