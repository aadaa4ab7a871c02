package portrait.doors.web;

import java.util.List;

/// Which tables become one, in which order, and which of their rows.
///
/// @param rows the tables that take part in their order, then the others
/// @param mistakes that are about no single table
public record UnifiedTablesPage(List<Row> rows, List<String> mistakes) {

  /// One table.
  ///
  /// @param where a condition on its columns; empty for every row
  public record Row(String table, boolean isUsed, int order, boolean includeAll, String where,
      List<String> mistakes) {}
}
