package portrait.foundation.filesets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;

class RowFileTest {

  @TempDir
  private Path folder;

  @Test
  void columnsGetTheTypeOfAllTheirValues() {
    try (var warehouse = Warehouse.open(WarehouseSettings.inMemory());
        var rows = new FileSets(warehouse, folder).rows(
            List.of("id", "amount", "mixed", "vip", "tags", "never", "a \"b\""))) {
      rows.add(Arrays.asList(1L, 2, "x", true, List.of("a", "b"), null, "q"));
      rows.add(Arrays.asList(2L, 2.5, 7L, null, List.of(), null, "'"));

      var content = rows.as("t");
      assertEquals(List.of("BIGINT DOUBLE VARCHAR BOOLEAN JSON VARCHAR VARCHAR",
          "BIGINT DOUBLE VARCHAR BOOLEAN JSON VARCHAR VARCHAR"), warehouse.read(session -> session.query(Sql.format("""
              SELECT concat_ws(' ', typeof(id), typeof(amount), typeof(mixed), typeof(vip), typeof(tags), typeof(never),
                typeof("a ""b""\")) FROM ({})""", content.query()), row -> row.text(1))));
      assertEquals(List.of("1 2.0 x [\"a\",\"b\"] q", "2 2.5 7 [] '"),
          warehouse.read(session -> session.query(Sql.format("""
              SELECT concat_ws(' ', id, amount, mixed, tags, "a ""b""\") FROM ({})""", content.query()),
              row -> row.text(1))));
    }
  }

  @Test
  void noRowsStillHaveColumns() {
    try (var warehouse = Warehouse.open(WarehouseSettings.inMemory());
        var rows = new FileSets(warehouse, folder).rows(List.of("id", "name"))) {
      var content = rows.as("t");
      assertEquals(List.of("id", "name"), warehouse.read(session -> session.query(
          Sql.format("SELECT column_name FROM (DESCRIBE {})", content.query()), row -> row.text(1))));
    }
  }
}
