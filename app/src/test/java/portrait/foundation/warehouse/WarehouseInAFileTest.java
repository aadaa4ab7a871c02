package portrait.foundation.warehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
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

  /// Whoever lists the tables of the warehouse looks into the copy that is being made as well, and so keeps it open.
  @Test
  void aCopyIsWholeWhileSomebodyStillLooksAtIt() throws Exception {
    warehouse.write(session -> session.execute("CREATE TABLE kept AS SELECT range AS n FROM range(100000)"));
    var looking = new CountDownLatch(1);
    var detached = new CountDownLatch(1);
    var copy = folder.resolve("copy.duckdb");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var look = new AtomicReference<Future<Boolean>>();
      var copying = threads.submit(() -> {
        warehouse.copyTo(copy, () -> {
          look.set(threads.submit(() -> warehouse.read(session -> {
            session.query(Sql.of("SELECT table_name FROM duckdb_tables()"), row -> row.text(1));
            looking.countDown();
            await(detached);
            return true;
          })));
          await(looking);
        });
        return Files.copy(copy, folder.resolve("moved.duckdb"));
      });
      await(looking);
      while (number("SELECT count(*) FROM duckdb_databases() WHERE database_name = 'portrait_copy'") > 0) {
        Thread.onSpinWait();
      }
      detached.countDown();
      look.get().get();
      var moved = copying.get();
      warehouse.close();
      warehouse = Warehouse.open(WarehouseSettings.at(moved));
      assertEquals(100_000, number("SELECT count(*) FROM kept"));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
