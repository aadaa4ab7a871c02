package portrait.foundation.filesets;

import java.util.List;
import portrait.foundation.model.ColumnType;

/// What was written.
///
/// @param index the name of the manifest
public record FileSet(String index, List<Table> tables, List<Part> parts) {

  public FileSet {
    tables = List.copyOf(tables);
    parts = List.copyOf(parts);
  }

  public long rows() {
    return parts.stream().mapToLong(Part::rows).sum();
  }

  /// One table.
  public record Table(String name, long rows, List<Column> columns) {
    public Table {
      columns = List.copyOf(columns);
    }
  }

  /// One column.
  ///
  /// @param engineType as the warehouse calls it
  public record Column(String name, ColumnType type, String engineType) {}

  /// One file.
  ///
  /// @param name below the folder of the manifest
  /// @param sha256 of its content, in hexadecimal digits
  public record Part(String name, String table, long rows, long bytes, String sha256) {}
}
