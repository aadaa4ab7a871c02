package portrait.foundation.warehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

class WarehouseInAFileTest extends WarehouseContract {

  @TempDir
  Path folder = Path.of("");

  @Override
  WarehouseSettings settings() {
    return WarehouseSettings.at(folder.resolve("warehouse.duckdb"));
  }

  @Test
  void whatWasWrittenIsThereAfterAReopen() {
    warehouse.write(session -> session.execute("CREATE TABLE kept AS SELECT 42 AS n"));
    open();
    assertEquals(42, number("SELECT n FROM kept"));
  }

  @Test
  void itSpillsBesideItsFile() {
    assertEquals(folder.resolve("warehouse.duckdb.tmp").toString(),
        warehouse.read(session -> session.first(Sql.of("SELECT current_setting('temp_directory')"), row -> row.text(1)))
            .orElseThrow());
  }

  @Test
  void aSecondOpenIsRefused() {
    var problem = assertThrows(ProblemException.class, () -> Warehouse.open(settings())).problem();
    assertEquals(Problem.Code.HOME_LOCKED, problem.code());
    assertEquals("the warehouse %s is open already".formatted(folder.resolve("warehouse.duckdb")), problem.message());
  }

  @Test
  void aFileThatIsNoWarehouseIsRefused() throws IOException {
    Path rubbish = folder.resolve("rubbish.duckdb");
    Files.writeString(rubbish, "this is no database, and has never been one".repeat(1_000));
    var problem = assertThrows(ProblemException.class, () -> Warehouse.open(WarehouseSettings.at(rubbish))).problem();
    assertEquals(Problem.Code.WAREHOUSE_FAILED, problem.code());
    Files.delete(rubbish);
    Warehouse.open(WarehouseSettings.at(rubbish)).close();
  }
}
