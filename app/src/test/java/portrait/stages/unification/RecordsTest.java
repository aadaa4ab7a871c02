package portrait.stages.unification;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.Identity;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.unification.UnificationDefinition.Deduplication;
import portrait.stages.unification.UnificationDefinition.UnifiedTable;

/// Rows on their way from the warehouse into the profile store.
class RecordsTest {

  private static final int ROWS = 400_000;

  /// As many as the engine writes in parallel: it once found none of them again.
  @Test
  void everyRowOfALargeTableIsHandedOnOnce(@TempDir Path folder) {
    try (var warehouse = Warehouse.open(new WarehouseSettings(Optional.of(folder.resolve("w.duckdb")), 1024, 2))) {
      var source = warehouse.write(session -> TestTables.table(session, 0, "shop.contacts", List.of("id", "name")));
      warehouse.write(session -> session.execute(
          """
          INSERT INTO shop_contacts SELECT CAST(i AS VARCHAR), 'name ' || i, CAST(hash(i) AS VARCHAR) FROM range(%d) r(i)"""
              .formatted(ROWS)));
      long[] rows = new long[1];
      var listener = new RecordListener() {
        @Override
        public void changed(String table, List<SourceRecord> records) {
          rows[0] += records.size();
        }

        @Override
        public void gone(String table, List<Identity> keys) {
          rows[0] -= keys.size();
        }
      };

      assertEquals(ROWS, new Records(warehouse, List.of(source)).handOn(listener, Progress.silent()));
      assertEquals(ROWS, rows[0]);
      assertEquals(0, new Records(warehouse, List.of(source)).handOn(listener, Progress.silent()));
    }
  }

  /// An order of chance, which is another one in every process, would have every row taken in again after a restart.
  @Test
  void attributesKeepTheirOrderInWhatIsRememberedOfRows() {
    var names = IntStream.range(0, 12).mapToObj("attribute%d"::formatted).toList();
    var attributes = new LinkedHashMap<String, String>();
    names.forEach(name -> attributes.put(name, "Column"));
    var further = new LinkedHashMap<>(attributes);

    var table = new UnifiedTable("shop.contacts", true, attributes, List.of(), further, Optional.empty(),
        Deduplication.STANDARD);

    assertEquals(names, List.copyOf(table.attributes().keySet()));
    assertEquals(names, List.copyOf(table.further().keySet()));
  }
}
