package portrait.doors.web;

import java.util.List;

/// The columns of a source table as a form.
///
/// @param rows those of the definition, or those found in the file, then an empty one to fill in
/// @param types what a column can hold
/// @param meanings semantic types that are offered
/// @param namespaces that are offered
/// @param mistakes that are about no single column
public record ColumnsPage(String table, List<Row> rows, List<String> types, List<String> meanings,
    List<String> namespaces, List<String> mistakes) {

  /// One column.
  ///
  /// @param was its name before; empty for a new one
  /// @param inFile its name in the file
  /// @param suggested what it seems to mean, where nothing is said
  public record Row(String was, String inFile, String name, String type, String semantic, String identity,
      boolean isKey, boolean isIncluded, String suggested, List<String> mistakes) {

    boolean isEmpty() {
      return was.isEmpty() && name.isEmpty() && inFile.isEmpty();
    }

    Row withMistakes(List<String> found) {
      return new Row(was, inFile, name, type, semantic, identity, isKey, isIncluded, suggested, found);
    }
  }
}
