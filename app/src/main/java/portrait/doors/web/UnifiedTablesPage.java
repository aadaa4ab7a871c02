package portrait.doors.web;

import java.util.List;

/// Which tables become one, in which order, and which of their rows.
///
/// @param rows the tables that take part in their order, then the others
/// @param customId the name of the attribute that holds the customers' own id; empty for none
/// @param custom tables with what people decided, then an empty one to fill in
/// @param tables those there are
/// @param mistakes that are about no single table
public record UnifiedTablesPage(List<Row> rows, String customId, List<Custom> custom, List<String> tables,
    List<String> mistakes) {

  /// @param type `always`, `never`, `alias` or `bypass`
  /// @param table empty for none
  public record Custom(int place, String type, String table) {}

  /// One table.
  ///
  /// @param where a condition on its columns; empty for every row
  /// @param id the column with the customers' own id; empty for none
  /// @param columns those it may be
  public record Row(String table, boolean isUsed, int order, boolean includeAll, String where, String id,
      List<String> columns, List<String> mistakes) {

    Row with(List<String> found) {
      return new Row(table, isUsed, order, includeAll, where, id, columns, found);
    }
  }
}
