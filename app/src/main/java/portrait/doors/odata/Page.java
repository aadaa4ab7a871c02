package portrait.doors.odata;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Some rows of an answer.
///
/// @param count of all fitting rows, when it was asked for
/// @param next where the following rows begin; empty after the last
/// @param expanded for each row, by navigation, what is shown inside it
record Page(List<Row> rows, Optional<Long> count, Optional<Token> next, List<Map<String, Page>> expanded) {

  Page {
    rows = List.copyOf(rows);
    expanded = List.copyOf(expanded);
  }
}
