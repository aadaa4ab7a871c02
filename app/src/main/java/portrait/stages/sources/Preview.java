package portrait.stages.sources;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Some rows of a table.
///
/// @param columns the columns' names
/// @param rows values as String, Long, Double, Boolean, `LocalDate`, `Instant` or null, in the order of the columns
/// @param total how many rows the table has
public record Preview(List<String> columns, List<List<@Nullable Object>> rows, long total) {

  public Preview {
    columns = List.copyOf(columns);
    var kept = new ArrayList<List<@Nullable Object>>();
    rows.forEach(row -> kept.add(Collections.unmodifiableList(new ArrayList<@Nullable Object>(row))));
    rows = List.copyOf(kept);
  }
}
