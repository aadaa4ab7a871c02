package portrait.stages.sources;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.stages.sources.readers.CsvOptions;
import portrait.stages.sources.readers.FileFormat;

/// What looking at a file tells: enough to define its table.
///
/// @param csv the dialect, complete, when the file is CSV
/// @param columns with clean names, types, and suggested meanings
/// @param key the suggested primary key; `line_number` when no column will do
/// @param updated the suggested recency column
/// @param rows the first rows, as text in the order of the columns
/// @param rowsSeen how many rows the suggestions rest on
/// @param notes what a person should check, in sentences
public record Discovery(FileFormat format, Optional<CsvOptions> csv, List<ColumnDefinition> columns, List<String> key,
    Optional<String> updated, List<List<@Nullable String>> rows, long rowsSeen, List<String> notes) {

  public Discovery {
    columns = List.copyOf(columns);
    key = List.copyOf(key);
    var kept = new ArrayList<List<@Nullable String>>();
    rows.forEach(row -> kept.add(Collections.unmodifiableList(new ArrayList<@Nullable String>(row))));
    rows = List.copyOf(kept);
    notes = List.copyOf(notes);
  }

  /// The `Source` definition that this file suggests, as YAML ready to be applied.
  public String yaml(String source, String table) {
    return SourceYaml.of(this, source, table);
  }
}
