package portrait.stages.unification;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.sources.ColumnDefinition;
import portrait.stages.sources.LoadMode;
import portrait.stages.sources.TableDefinition;
import portrait.stages.sources.readers.CsvOptions;
import portrait.stages.unification.UnificationDefinition.UnifiedTable;

/// Source tables laid into the warehouse by hand.
final class TestTables {

  private TestTables() {}

  /// A text table; the first column is the key, `updated` a timestamp when it is there.
  static UnifiedSource table(WarehouseSession session, int rank, String fullName, List<String> columns,
      @Nullable String[]... rows) {
    String[] parts = fullName.split("\\.");
    var table = new TableDefinition(parts[0], parts[1], fullName, Optional.empty(), CsvOptions.none(), Optional.empty(),
        Optional.empty(), Optional.empty(),
        List.of(columns.getFirst()), columns.contains("updated") ? Optional.of("updated") : Optional.empty(),
        LoadMode.REPLACE, 0.05,
        columns.stream().map(column -> ColumnDefinition.of(column, ColumnType.STRING)).toList());
    var schema = new ArrayList<>(
        columns.stream().map(column -> Schema.Column.of(column, ColumnType.STRING)).toList());
    schema.add(Schema.Column.of("_row_hash", ColumnType.STRING));
    session.create(table.warehouseName(), new Schema(schema));
    session.append(table.warehouseName(), Arrays.stream(rows).map(row -> {
      var values = new @Nullable Object[row.length + 1];
      System.arraycopy(row, 0, values, 0, row.length);
      values[row.length] = Arrays.toString(row);
      return values;
    }));
    return UnifiedSource.of(rank, new UnifiedTable(fullName, true, Map.of()), table, session, Instant.EPOCH)
        .orElseThrow();
  }

  static @Nullable String[] row(@Nullable String... values) {
    return values;
  }
}
