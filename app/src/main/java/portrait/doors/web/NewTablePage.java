package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A file on its way to a table: chosen first, then looked at.
///
/// @param sources names of the sources there are
/// @param databases names of the connections that a table can be read through
/// @param reading what was filled in to read through a connection
/// @param look empty until a file was sent
public record NewTablePage(List<String> sources, List<String> databases, String source, String table, Reading reading,
    Optional<Look> look, List<String> mistakes) {

  /// How a table is read through a connection.
  ///
  /// @param what a table, a query or a topic
  /// @param key names of columns with commas between them
  /// @param updated name of the column that says when a row changed; may be empty
  public record Reading(String connection, String what, String key, String updated) {

    static final Reading NOTHING = new Reading("", "", "", "");
  }

  /// What the file holds, and what it will be read as.
  ///
  /// @param token names the file that waits
  /// @param types what a column can hold
  public record Look(String token, String file, long rowsSeen, List<Column> columns, List<String> types,
      List<List<@Nullable String>> rows, List<String> notes) {}

  public record Column(String name, String inFile, String type, boolean isKey) {}
}
