package portrait.foundation.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// What only SQLite has: a file, and a write-ahead log beside it.
class SqliteTest {

  private static final long MEGABYTE = 1 << 20;
  private static final Migrations BLOBS = new Migrations("blobs",
      List.of("CREATE TABLE blob (id BIGINT NOT NULL PRIMARY KEY, bytes BYTEA NOT NULL) ${table};"));

  @TempDir
  Path folder;

  private Database open(int logMegabytesMax) {
    return Database.open(new DatabaseSettings.Sqlite(folder.resolve("portrait.db"), logMegabytesMax), List.of(BLOBS));
  }

  private long logBytes() {
    try {
      return Files.size(folder.resolve("portrait.db-wal"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void write(Database database, int id) {
    database.write(transaction -> transaction.update("""
        INSERT INTO blob VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes
        """, id % 50, new byte[200_000]));
  }

  private static long count(Database database) {
    return database.read(
        transaction -> transaction.first("SELECT COUNT(*) FROM blob", row -> row.number(1)).orElseThrow());
  }

  @Test
  void theLogStaysShortWhileWritingAndReadingGoOn() throws Exception {
    try (var database = open(4); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var isWriting = new AtomicBoolean(true);
      var reader = threads.submit(() -> {
        while (isWriting.get()) {
          count(database);
        }
        return true;
      });
      long longest = 0;
      for (int i = 0; i < 500; i++) {
        write(database, i);
        longest = Math.max(longest, logBytes());
      }
      isWriting.set(false);
      reader.get();

      assertTrue(longest <= 8 * MEGABYTE, "100 MB were written and the log had " + longest);
      assertEquals(50, count(database));
    }
  }

  @Test
  void aLongReadDelaysEmptyingTheLogButNotWriting() throws Exception {
    try (var database = open(1); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      write(database, 0);
      var isReading = new CountDownLatch(1);
      var mayEnd = new CountDownLatch(1);
      var reader = threads.submit(() -> database.read(transaction -> {
        long before = transaction.first("SELECT COUNT(*) FROM blob", row -> row.number(1)).orElseThrow();
        isReading.countDown();
        try {
          mayEnd.await();
        } catch (InterruptedException interrupted) {
          throw new IllegalStateException(interrupted);
        }
        return List.of(before,
            transaction.first("SELECT COUNT(*) FROM blob", row -> row.number(1)).orElseThrow());
      }));
      isReading.await();
      for (int i = 0; i < 20; i++) {
        write(database, i);
      }
      assertTrue(logBytes() > 3 * MEGABYTE, "the log cannot be emptied under a reader");
      mayEnd.countDown();
      assertEquals(List.of(1L, 1L), reader.get());
      for (int i = 0; logBytes() > 2 * MEGABYTE; i++) {
        write(database, i);
      }
    }
  }

  @Test
  void theLogIsGoneOnceTheStoreIsClosed() {
    try (var database = open(64)) {
      for (int i = 0; i < 100; i++) {
        write(database, i);
      }
    }
    assertTrue(Files.notExists(folder.resolve("portrait.db-wal")));
    try (var database = open(64)) {
      assertEquals(50, count(database));
    }
  }

  @Test
  void saysWhyAStoreCannotBeOpened() throws IOException {
    var problem = assertThrows(ProblemException.class, () -> Database
        .open(new DatabaseSettings.Sqlite(folder.resolve("nowhere/portrait.db")), List.of(BLOBS))).problem();
    assertEquals(Problem.Code.STORE_FAILED, problem.code());
    assertTrue(problem.message().startsWith("the profile store cannot be opened: "), problem.message());

    Files.writeString(folder.resolve("portrait.db"), "this is no database, only a text that is long enough".repeat(50));
    assertEquals(Problem.Code.STORE_FAILED,
        assertThrows(ProblemException.class, () -> open(64)).problem().code());
  }
}
