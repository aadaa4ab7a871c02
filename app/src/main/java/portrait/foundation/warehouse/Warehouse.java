package portrait.foundation.warehouse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.duckdb.DuckDBConnection;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Analytical tables for whole-table work. A serving store it is not: a point read costs a hundred times the profile
/// store's, so look-ups go there.
///
/// All statements run on platform threads that this class owns, because the driver is native code. A caller that is
/// interrupted while it waits cancels its statement, and gets `cancelled`.
public final class Warehouse implements AutoCloseable {

  private static final int READERS = 3;
  private static final int LOOK_AGAIN_MILLIS = 10;
  private static final String COPY = "portrait_copy";
  private static final long CANCEL_AGAIN_MILLIS = 20;

  private final AtomicLong changes = new AtomicLong();

  private final DuckDBConnection root;
  private final Functions functions;
  private final Optional<FileChannel> lock;
  private final ExecutorService writer = Executors.newSingleThreadExecutor(
      Thread.ofPlatform().daemon().name("warehouse-writer").factory());
  private final ExecutorService readers = Executors.newFixedThreadPool(READERS,
      Thread.ofPlatform().daemon().name("warehouse-reader-", 1).factory());

  private Warehouse(DuckDBConnection root, Optional<FileChannel> lock) {
    this.root = root;
    this.functions = new Functions(root);
    this.lock = lock;
  }

  /// Opens the warehouse, creating it when absent.
  ///
  /// @throws ProblemException `home_locked` when it is open elsewhere, `warehouse_failed` when it cannot be opened
  public static Warehouse open(WarehouseSettings settings) {
    var properties = new Properties();
    properties.setProperty("memory_limit", settings.memoryMegabytes() + "MB");
    properties.setProperty("threads", String.valueOf(settings.threads()));
    // Without it, DuckDB 2.0.0.1 hands out the sorted rows of a prepared query in swapped pieces once there are more than
    // 122,880 of them.
    properties.setProperty("preserve_insertion_order", "true");
    properties.setProperty("checkpoint_threshold", settings.unwrittenMegabytes() + "MB");
    properties.setProperty("autoinstall_known_extensions", "false");
    properties.setProperty("autoload_known_extensions", "false");
    properties.setProperty("temp_directory", spillFolder(settings).toString());
    String where = settings.file().map(Object::toString).orElse("");
    var lock = settings.file().map(Warehouse::lock);
    try {
      var connection = DriverManager.getConnection("jdbc:duckdb:" + where, properties);
      try (var statement = connection.createStatement()) {
        statement.execute("SET TimeZone = 'UTC'");
      }
      return new Warehouse(connection.unwrap(DuckDBConnection.class), lock);
    } catch (SQLException failure) {
      lock.ifPresent(Warehouse::unlock);
      throw new ProblemException(Problem.of(Problem.Code.WAREHOUSE_FAILED,
          "the warehouse cannot be opened: " + failure.getMessage(),
          "Check that the folder can be written, and that the file is a warehouse of this or an older Portrait."),
          failure);
    }
  }

  /// Where a statement goes on when its memory is used up: beside the file, because that disk was chosen for it.
  private static Path spillFolder(WarehouseSettings settings) {
    return settings.file().map(file -> file.resolveSibling(file.getFileName() + ".tmp"))
        .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"), "portrait-warehouse"));
  }

  /// The engine refuses a second process by itself, but inside one process it would quietly share the file.
  private static FileChannel lock(Path file) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file.resolveSibling(file.getFileName() + ".lock"), StandardOpenOption.CREATE,
          StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException _) {
      // It is open in this process.
    } catch (IOException failure) {
      throw new ProblemException(Problem.of(Problem.Code.WAREHOUSE_FAILED,
          "the warehouse cannot be opened: %s cannot be locked".formatted(file),
          "Check that its folder exists and can be written."), failure);
    }
    if (channel != null) {
      unlock(channel);
    }
    throw Problem.of(Problem.Code.HOME_LOCKED, "the warehouse %s is open already".formatted(file),
        "One process owns a home folder; stop the other one, or use its --url.").asException();
  }

  private static void unlock(FileChannel lock) {
    try {
      lock.close();
    } catch (IOException failure) {
      throw new UncheckedIOException("closing the lock of the warehouse", failure);
    }
  }

  /// Makes `name(setting, text)` known to SQL; null for null. Saying it again changes nothing.
  ///
  /// @param bySetting the function for a setting, asked for again and again: it should be quick
  public void define(String name, Function<String, TextFunction> bySetting) {
    functions.text(name, bySetting);
  }

  /// Makes `name(setting, floor, one, other)` known to SQL; null when one of the texts is.
  public void defineComparison(String name, Function<String, TextComparison> bySetting) {
    functions.comparison(name, bySetting);
  }

  /// Reads from one consistent snapshot.
  public <T> T read(Function<WarehouseSession, T> work) {
    return run(readers, work);
  }

  /// Changes tables: all of it happens, or nothing does. One writer at a time.
  public <T> T write(Function<WarehouseSession, T> work) {
    T result = run(writer, work);
    changes.incrementAndGet();
    return result;
  }

  /// Grows with every change. What was read after it was asked for is still so while it stays.
  public long changes() {
    return changes.get();
  }

  /// Copies all tables as they are at one moment into a new file, while others go on.
  ///
  /// @param then runs at that moment: nothing is written to the warehouse until it returns
  public void copyTo(Path file, Runnable then) {
    var cancellation = new Cancellation();
    // The writer's turn keeps everybody from writing; the copy itself takes a reader's place.
    var connection = wait(writer.submit(() -> {
      var copying = root.duplicate().unwrap(DuckDBConnection.class);
      try (var statement = copying.createStatement()) {
        // One that was cut short may have left its file behind.
        statement.execute("DETACH DATABASE IF EXISTS " + COPY);
        statement.execute("ATTACH '%s' AS %s".formatted(file.toString().replace("'", "''"), COPY));
        copying.setAutoCommit(false);
        // A transaction of this engine begins with its first look.
        statement.execute("SELECT count(*) FROM duckdb_tables()");
        then.run();
        return copying;
      } catch (SQLException | RuntimeException | Error failure) {
        copying.close();
        throw failure;
      }
    }), cancellation);
    wait(readers.submit(() -> {
      try (connection; var statement = connection.createStatement()) {
        String warehouse = name(statement);
        cancellation.starts(statement);
        statement.execute("COPY FROM DATABASE %s TO %s".formatted(warehouse, COPY));
        connection.commit();
        connection.setAutoCommit(true);
        statement.execute("DETACH " + COPY);
        awaitWritten(file, cancellation);
        return true;
      } finally {
        cancellation.ended();
      }
    }), cancellation);
  }

  /// Waits until the file holds everything. Somebody who lists tables meanwhile looks into the copy, too, and keeps it
  /// open beyond its detachment until their transaction ends: so long the file holds nothing, and everything is in the
  /// log beside it. A forced checkpoint would wait as well, and make everybody wait who lists tables.
  private static void awaitWritten(Path file, Cancellation cancellation) throws InterruptedException {
    var log = file.resolveSibling(file.getFileName() + ".wal");
    while (Files.exists(log)) {
      cancellation.check();
      TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
    }
  }

  private static String name(Statement statement) throws SQLException {
    try (var result = statement.executeQuery("SELECT current_database()")) {
      result.next();
      return Sql.quoted(result.getString(1));
    }
  }

  private <T> T run(ExecutorService threads, Function<WarehouseSession, T> work) {
    var cancellation = new Cancellation();
    return wait(threads.submit(() -> {
      // A connection of its own for each transaction: temporary tables never meet, and a duplicate costs a fraction of
      // what the smallest statement does.
      try (var connection = root.duplicate().unwrap(DuckDBConnection.class)) {
        connection.setAutoCommit(false);
        try {
          T result = work.apply(new WarehouseSession(connection, cancellation));
          cancellation.check();
          connection.commit();
          return result;
        } catch (SQLException | RuntimeException | Error failure) {
          connection.rollback();
          throw failure;
        }
      }
    }), cancellation);
  }

  /// Waits until the transaction has ended, whichever way: a caller who was told "cancelled" must be able to rely on
  /// nothing going on behind their back.
  private static <T> T wait(Future<T> future, Cancellation cancellation) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return interrupted ? future.get(CANCEL_AGAIN_MILLIS, TimeUnit.MILLISECONDS) : future.get();
        } catch (InterruptedException _) {
          interrupted = true;
          cancellation.cancel();
        } catch (TimeoutException _) {
          // The engine forgets a request that comes just before a statement begins.
          cancellation.cancel();
        } catch (ExecutionException failed) {
          if (cancellation.isCancelled()) {
            throw new ProblemException(Cancellation.problem(), failed);
          }
          switch (Objects.requireNonNull(failed.getCause())) {
            case RuntimeException failure -> throw failure;
            case Error failure -> throw failure;
            case Throwable failure -> throw new ProblemException(
                Problem.of(Problem.Code.WAREHOUSE_FAILED, "the warehouse failed: " + failure.getMessage()), failure);
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    writer.close();
    readers.close();
    try {
      root.close();
    } catch (SQLException failure) {
      throw new WarehouseException("closing", failure);
    } finally {
      lock.ifPresent(Warehouse::unlock);
    }
  }
}
