package portrait.foundation.warehouse;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Analytical tables for whole-table work. A serving store it is not: a point read costs a hundred times the profile
/// store's, so look-ups go there.
///
/// All statements run on platform threads that this class owns, because the driver is native code. A caller that is
/// interrupted while it waits cancels its statement, and gets `cancelled`.
public final class Warehouse implements AutoCloseable {

  private static final int READERS = 3;

  private final DuckDBConnection root;
  private final ExecutorService writer = Executors.newSingleThreadExecutor(
      Thread.ofPlatform().daemon().name("warehouse-writer").factory());
  private final ExecutorService readers = Executors.newFixedThreadPool(READERS,
      Thread.ofPlatform().daemon().name("warehouse-reader-", 1).factory());

  private Warehouse(DuckDBConnection root) {
    this.root = root;
  }

  /// Opens the warehouse, creating it when absent.
  ///
  /// @throws ProblemException `warehouse_failed`, for example when another process holds the file
  public static Warehouse open(WarehouseSettings settings) {
    var properties = new Properties();
    properties.setProperty("memory_limit", settings.memoryMegabytes() + "MB");
    properties.setProperty("threads", String.valueOf(settings.threads()));
    properties.setProperty("preserve_insertion_order", "false");
    properties.setProperty("autoinstall_known_extensions", "false");
    properties.setProperty("autoload_known_extensions", "false");
    String where = settings.file().map(Object::toString).orElse("");
    try {
      var connection = DriverManager.getConnection("jdbc:duckdb:" + where, properties);
      try (var statement = connection.createStatement()) {
        statement.execute("SET TimeZone = 'UTC'");
      }
      return new Warehouse(connection.unwrap(DuckDBConnection.class));
    } catch (SQLException failure) {
      throw new ProblemException(Problem.of(Problem.Code.WAREHOUSE_FAILED,
          "the warehouse cannot be opened: " + failure.getMessage(),
          "One process owns a home folder; stop the other one, or use its --url."), failure);
    }
  }

  /// Reads from one consistent snapshot.
  public <T> T read(Function<WarehouseSession, T> work) {
    return run(readers, work);
  }

  /// Changes tables: all of it happens, or nothing does. One writer at a time.
  public <T> T write(Function<WarehouseSession, T> work) {
    return run(writer, work);
  }

  private <T> T run(ExecutorService threads, Function<WarehouseSession, T> work) {
    var session = new AtomicReference<@Nullable WarehouseSession>();
    return wait(threads.submit(() -> {
      try (var connection = root.duplicate().unwrap(DuckDBConnection.class)) {
        connection.setAutoCommit(false);
        var open = new WarehouseSession(connection);
        session.set(open);
        try {
          T result = work.apply(open);
          connection.commit();
          return result;
        } catch (SQLException | RuntimeException | Error failure) {
          connection.rollback();
          throw failure;
        } finally {
          session.set(null);
        }
      }
    }), session);
  }

  private static <T> T wait(Future<T> future, AtomicReference<@Nullable WarehouseSession> session) {
    try {
      return future.get();
    } catch (InterruptedException asked) {
      future.cancel(false);
      var open = session.get();
      if (open != null) {
        open.cancel();
      }
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "cancelled while the warehouse was working"),
          asked);
    } catch (ExecutionException failed) {
      switch (Objects.requireNonNull(failed.getCause())) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case Throwable failure -> throw new ProblemException(
            Problem.of(Problem.Code.WAREHOUSE_FAILED, "the warehouse failed: " + failure.getMessage()), failure);
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
    }
  }
}
