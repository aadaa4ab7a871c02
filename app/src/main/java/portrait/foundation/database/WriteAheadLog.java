package portrait.foundation.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps SQLite's write-ahead log short without making commits wait.
///
/// A thread of its own copies the log into the store (a passive checkpoint) while writing goes on. Alone that is not
/// enough: a busy writer never leaves the log at rest, so it would never start again from its beginning and grow for
/// ever. So when the log passes a limit, the writer itself empties it between two transactions, which takes a moment
/// because nearly everything is copied already. Letting SQLite do it all inside commits instead costs several times
/// the p99 of a commit.
final class WriteAheadLog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WriteAheadLog.class);

  /// 16 MB of the usual pages: less is not worth the disk's time.
  private static final int WORTHWHILE_PAGES = 4_096;
  private static final long PAUSE_MILLIS = 100;

  /// A reader that takes longer keeps the log from being emptied: the writer goes on, and tries again a little later.
  private static final int WAIT_FOR_READERS_MILLIS = 50;
  private static final Duration ATTEMPT_EVERY = Duration.ofMillis(500);

  private final Path file;
  private final long bytesMax;
  private final Connection connection;
  private final Semaphore committed = new Semaphore(0);
  private final Thread thread;
  private volatile boolean isClosing;
  private long attemptedAtNanos = System.nanoTime() - ATTEMPT_EVERY.toNanos();

  WriteAheadLog(Path file, long bytesMax, Connection connection) {
    this.file = file;
    this.bytesMax = bytesMax;
    this.connection = connection;
    thread = Thread.ofPlatform().daemon().name("profile-store-checkpoint").start(this::copyInTheBackground);
  }

  /// Called by the writer after each commit.
  ///
  /// @return whether the writer must empty the log before it goes on
  boolean isTooLongAfterCommit() {
    committed.release();
    return bytes() >= bytesMax && System.nanoTime() - attemptedAtNanos >= ATTEMPT_EVERY.toNanos();
  }

  /// Empties the log on the writer's own connection, between two transactions.
  void empty(Connection writer) {
    try {
      try (var statement = writer.createStatement()) {
        statement.execute("PRAGMA busy_timeout = " + WAIT_FOR_READERS_MILLIS);
        try (var result = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
          if (result.next() && result.getInt(1) != 0) {
            LOG.info("the write-ahead log has {} MB and cannot be emptied while a long read goes on", bytes() >> 20);
          }
        }
        statement.execute("PRAGMA busy_timeout = " + Engine.Sqlite.BUSY_TIMEOUT_MILLIS);
      }
    } catch (SQLException failure) {
      LOG.warn("the write-ahead log has {} MB and cannot be emptied: {}", bytes() >> 20, failure.getMessage());
    }
    attemptedAtNanos = System.nanoTime();
  }

  private void copyInTheBackground() {
    try (var statement = connection.createStatement()) {
      while (!isClosing) {
        committed.acquire();
        committed.drainPermits();
        if (!isClosing && waitingPages(statement) >= WORTHWHILE_PAGES) {
          statement.execute("PRAGMA wal_checkpoint(PASSIVE)");
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException _) {
      // Closing: SQLite copies the rest when the last connection goes.
    } catch (SQLException failure) {
      LOG.warn("the write-ahead log is emptied by the writer only: {}", failure.getMessage());
    }
  }

  private static int waitingPages(Statement statement) throws SQLException {
    try (var result = statement.executeQuery("PRAGMA wal_checkpoint(NOOP)")) {
      return result.next() ? result.getInt(2) - result.getInt(3) : 0;
    }
  }

  private long bytes() {
    try {
      return Files.size(file);
    } catch (NoSuchFileException _) {
      return 0;
    } catch (IOException failure) {
      LOG.warn("the size of the write-ahead log cannot be read: {}", failure.getMessage());
      return 0;
    }
  }

  @Override
  public void close() {
    isClosing = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    try {
      connection.close();
    } catch (SQLException failure) {
      LOG.debug("closing the connection of checkpoints: {}", failure.getMessage());
    }
  }
}
