package portrait.stages.unification;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import portrait.foundation.model.Identity;

/// A few rows of one table on their way into the profile store, with what the match rules look at.
public final class LiveRows {

  private final String table;
  private final int tab;
  private final List<SourceRecord> records;
  private final List<Identity> rows;
  private final Map<String, List<MatchKey>> keys;

  /// @param keys by the row's key
  LiveRows(String table, int tab, List<SourceRecord> records, Map<String, List<MatchKey>> keys) {
    this(table, tab, records, records.stream().map(SourceRecord::key).toList(), keys);
  }

  private LiveRows(String table, int tab, List<SourceRecord> records, List<Identity> rows,
      Map<String, List<MatchKey>> keys) {
    this.table = table;
    this.tab = tab;
    this.records = List.copyOf(records);
    this.rows = List.copyOf(rows);
    this.keys = Map.copyOf(keys);
  }

  /// Rows of which only the keys are needed.
  static LiveRows ofKeys(String table, int tab, List<Identity> rows, Map<String, List<MatchKey>> keys) {
    return new LiveRows(table, tab, List.of(), rows, keys);
  }

  /// What the rows are called.
  public List<Identity> rows() {
    return rows;
  }

  public String table() {
    return table;
  }

  public List<SourceRecord> records() {
    return records;
  }

  /// A part of them.
  public LiveRows some(int from, int to) {
    return new LiveRows(table, tab, records.subList(from, to), keys);
  }

  int tab() {
    return tab;
  }

  Map<Long, List<MatchKey>> keys(Map<Identity, Long> numbers) {
    var found = new LinkedHashMap<Long, List<MatchKey>>();
    rows.forEach(row -> {
      long number = Objects.requireNonNull(numbers.get(row));
      found.put(number, keys.getOrDefault(row.value(), List.of()).stream().map(key -> key.of(number)).toList());
    });
    return found;
  }
}
