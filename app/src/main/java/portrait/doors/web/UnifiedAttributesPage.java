package portrait.doors.web;

import java.util.List;

/// What each column of the unified tables becomes, and which of several rows of one person wins.
///
/// @param mistakes that are about no single column
public record UnifiedAttributesPage(List<Table> tables, List<String> mistakes) {

  /// One table.
  ///
  /// @param winner which of its rows that are one person gives the values
  /// @param by the column that says how recent a row is; empty for the table's own
  public record Table(String name, String winner, String by, List<Column> columns) {}

  /// One column.
  ///
  /// @param place its number on the page
  /// @param attributes what it becomes, with commas between; empty when it is left out
  /// @param winner which of several rows gives its value; empty for the one that gives the others
  /// @param isTwice whether another column of its table becomes the same
  public record Column(int place, String name, String attributes, String winner, boolean isTwice) {}
}
