package portrait.foundation.database;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// The profile store: transactions on SQLite or PostgreSQL.
///
/// Native drivers pin the carrier of a virtual thread, so all work runs on platform threads that this class owns: one
/// writer (SQLite has one write lock anyway, and one writer makes group commit natural) and a few readers. Callers may
/// be virtual threads; they wait.
public final class Database implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final int READERS = 4;
  private static final int ATTEMPTS_MAX = 8;

  private final Engine engine;
  private final ExecutorService writer = Executors.newSingleThreadExecutor(
      Thread.ofPlatform().daemon().name("profile-store-writer").factory());
  private final ExecutorService readers = Executors.newFixedThreadPool(READERS,
      Thread.ofPlatform().daemon().name("profile-store-reader-", 1).factory());
  private final LinkedBlockingDeque<Session> idle = new LinkedBlockingDeque<>();
  private final ThreadLocal<Boolean> inTransaction = ThreadLocal.withInitial(() -> false);
  private Session writing;

  private Database(Engine engine) throws SQLException {
    this.engine = engine;
    this.writing = new Session(engine, true);
  }

  /// Opens the store and brings its tables up to date.
  ///
  /// @param owners in the order of the packages, so that a table exists before another refers to it
  /// @throws ProblemException `store_failed` when it cannot be opened, or was written by a newer version
  public static Database open(DatabaseSettings settings, List<Migrations> owners) {
    try {
      var database = new Database(Engine.of(settings));
      try {
        database.write(transaction -> Migrator.migrate(transaction, database.writing, owners));
      } catch (RuntimeException failure) {
        database.close();
        throw failure;
      }
      return database;
    } catch (SQLException failure) {
      throw new ProblemException(Problem.of(Problem.Code.STORE_FAILED,
          "the profile store cannot be opened: " + failure.getMessage(),
          "Check that the folder can be written, or that the PostgreSQL address and account are right."), failure);
    }
  }

  /// Reads from one consistent snapshot.
  public <T> T read(Function<Transaction, T> work) {
    refuseNesting();
    return wait(readers.submit(() -> {
      Session session = idle.pollFirst();
      if (session == null) {
        session = new Session(engine, false);
      }
      try {
        T result = within(session, work);
        session.connection().rollback();
        idle.addFirst(session);
        return result;
      } catch (SQLException | RuntimeException | Error failure) {
        session.close();
        throw failure;
      }
    }));
  }

  /// Changes the store: all of it is durable when this returns, or none of it happened. The work may run more than
  /// once when another writer got in its way, so it must have no other effects.
  public <T> T write(Function<Transaction, T> work) {
    refuseNesting();
    return wait(writer.submit(() -> {
      for (int attempt = 1;; attempt++) {
        try {
          T result = within(writing, work);
          writing.connection().commit();
          return result;
        } catch (SQLException | RuntimeException | Error failure) {
          rollBack();
          if (attempt == ATTEMPTS_MAX || !isTransient(failure)) {
            throw failure;
          }
        }
      }
    }));
  }

  /// Whether other nodes may change the store while this one runs.
  public boolean isShared() {
    return engine.isShared();
  }

  private <T> T within(Session session, Function<Transaction, T> work) {
    inTransaction.set(true);
    try {
      return work.apply(new Transaction(session));
    } finally {
      inTransaction.set(false);
    }
  }

  private void rollBack() throws SQLException {
    try {
      writing.connection().rollback();
    } catch (SQLException broken) {
      LOG.warn("the connection to the profile store broke and is opened again: {}", broken.getMessage());
      writing = new Session(engine, true);
    }
  }

  private boolean isTransient(Throwable failure) {
    return switch (failure) {
      case SQLException sql -> engine.isTransient(sql);
      case StoreException store -> engine.isTransient(store.failure());
      case LostRaceException _ -> true;
      default -> false;
    };
  }

  private void refuseNesting() {
    if (inTransaction.get()) {
      throw new IllegalStateException("a transaction is already open on this thread: pass it on instead");
    }
  }

  private static <T> T wait(Future<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException _) {
          // A transaction ends by itself soon; leaving now would hide whether it happened.
          interrupted = true;
        } catch (ExecutionException failed) {
          switch (Objects.requireNonNull(failed.getCause())) {
            case RuntimeException failure -> throw failure;
            case Error failure -> throw failure;
            case Throwable failure -> throw new ProblemException(
                Problem.of(Problem.Code.STORE_FAILED, "the profile store failed: " + failure.getMessage()), failure);
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
    var sessions = new ArrayList<>(idle);
    sessions.add(writing);
    for (var session : sessions) {
      try {
        session.close();
      } catch (SQLException failure) {
        LOG.warn("closing a connection to the profile store: {}", failure.getMessage());
      }
    }
  }
}
