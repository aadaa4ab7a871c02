package portrait.stages.sources;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import portrait.foundation.model.ColumnType;
import portrait.foundation.records.RecordStore;
import portrait.foundation.warehouse.Warehouse;
import portrait.stages.sources.readers.RecordRows;

/// Records of a system outside, read once and waiting on disk to be loaded.
///
/// @param rows by the part of the system that they came from
/// @param known the columns of the records, where the system tells
/// @param reached how far it was read
/// @param isLog whether a later record takes the place of an earlier one with its key
record Reading(TreeMap<String, RecordRows> rows, Map<String, Optional<ColumnType>> known,
    TreeMap<String, String> reached, boolean isLog) {

  private static final int RECORDS_BETWEEN_REPORTS = 16_384;

  /// @param from where an earlier reading ended
  /// @param folder where temporary files may be put
  static Reading of(TableDefinition table, RecordStore store, TreeMap<String, String> from, Path folder,
      LoadListener progress) {
    var rows = new TreeMap<String, RecordRows>();
    long[] count = {0};
    var newest = table.updated().filter(_ -> table.mode() == LoadMode.UPSERT).map(name -> inRecord(table, name));
    var key = table.key().stream().map(name -> inRecord(table, name)).collect(Collectors.toSet());
    try {
      var read = store.read(new RecordStore.Wanted(table.query().or(table::path).orElseThrow(),
          table.query().isPresent(), newest, key, table.mode() == LoadMode.UPSERT ? from : Map.of()),
          (part, number, json) -> {
            rows.computeIfAbsent(part, _ -> new RecordRows(folder)).add(number, json);
            if (++count[0] % RECORDS_BETWEEN_REPORTS == 0) {
              progress.progress(count[0], count[0]);
            }
          });
      var known = new LinkedHashMap<String, Optional<ColumnType>>();
      read.columns().forEach(column -> known.put(column.name(), column.type()));
      if (rows.isEmpty()) {
        rows.put(table.fullName(), new RecordRows(folder));
      }
      progress.progress(count[0], count[0]);
      return new Reading(rows, known, read.positions(), read.isLog());
    } finally {
      rows.values().forEach(RecordRows::close);
    }
  }

  private static String inRecord(TableDefinition table, String column) {
    return table.columns().stream().filter(one -> one.name().equals(column)).findFirst()
        .map(ColumnDefinition::inFile).orElse(column);
  }

  boolean isEmpty() {
    return rows.values().stream().allMatch(each -> each.read() == 0);
  }

  boolean hasUnknownColumns() {
    return known.isEmpty() && isEmpty();
  }

  /// The columns and their types, as text to compare.
  String columns() {
    return known.toString();
  }

  List<Load.Part> parts(Warehouse warehouse) {
    return rows.entrySet().stream()
        .map(part -> new Load.Part(Path.of(part.getKey()), part.getValue().extract(known, isLog, warehouse), 0))
        .toList();
  }
}
