package portrait.foundation.database;

import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
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
  private static final long PAUSE_NANOS = 2_000_000;

  private final Engine engine;
  private final ExecutorService writer = Executors.newSingleThreadExecutor(
      Thread.ofPlatform().daemon().name("profile-store-writer").factory());
  private final ExecutorService readers = Executors.newFixedThreadPool(READERS,
      Thread.ofPlatform().daemon().name("profile-store-reader-", 1).factory());
  private final LinkedBlockingDeque<Session> idle = new LinkedBlockingDeque<>();
  private final ThreadLocal<Boolean> inTransaction = ThreadLocal.withInitial(() -> false);
  private final Optional<WriteAheadLog> log;
  private Session writing;

  private Database(Engine engine) throws SQLException {
    this.engine = engine;
    this.writing = new Session(engine, true);
    this.log = engine.writeAheadLog();
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

  /// Reads from one consistent snapshot. The work must not change anything: SQLite and PostgreSQL both refuse it.
  public <T> T read(Function<Transaction, T> work) {
    return wait(submit(readers, () -> {
      while (true) {
        Session resting = idle.pollFirst();
        Session session = resting == null ? new Session(engine, false) : resting;
        var transaction = new Transaction(session);
        try {
          session.begin();
          T result = within(transaction, work);
          session.commit();
          return result;
        } catch (SQLException | StoreException failure) {
          if (resting == null || session.rollBack() || transaction.hasAnswered()) {
            throw failure;
          }
          LOG.warn("a connection to the profile store broke while it rested: {}", failure.getMessage());
        } finally {
          giveBack(session);
        }
      }
    }));
  }

  /// Whatever the work threw: a session whose transaction can be ended is as good as new.
  private void giveBack(Session session) {
    if (session.rollBack()) {
      idle.addFirst(session);
    } else {
      session.close();
      closeIdle(); // One connection broke, so the others probably did, too.
    }
  }

  private void closeIdle() {
    for (Session session = idle.pollFirst(); session != null; session = idle.pollFirst()) {
      session.close();
    }
  }

  /// Changes the store: all of it is durable when this returns, or none of it happened. The work may run more than
  /// once when another writer got in its way or the connection broke, so it must have no other effects.
  ///
  /// On PostgreSQL other nodes write at the same time: what is read in order to be changed must be read with
  /// [Transaction#forUpdate].
  public <T> T write(Function<Transaction, T> work) {
    return wait(submit(writer, () -> {
      for (int attempt = 1;; attempt++) {
        boolean isCommitting = false;
        try {
          writing.begin();
          var transaction = new Transaction(writing);
          T result = within(transaction, work);
          isCommitting = true;
          writing.commit();
          transaction.committed();
          keepLogShort();
          return result;
        } catch (SQLException | RuntimeException | Error failure) {
          boolean isBroken = !writing.rollBack();
          if (isBroken) {
            LOG.warn("the connection to the profile store broke and is opened again: {}", failure.getMessage());
            writing.close();
            writing = new Session(engine, true);
          }
          if (isBroken && isCommitting) {
            throw new ProblemException(Problem.of(Problem.Code.STORE_FAILED,
                "the connection to the profile store broke while a change was made durable: it may have happened or not",
                "Look before you repeat it."), failure);
          }
          if (attempt == ATTEMPTS_MAX || !(isBroken || isTransient(failure))) {
            throw failure;
          }
          LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PAUSE_NANOS * attempt));
        }
      }
    }));
  }

  /// Does the work as [#write] would, tells what came of it, and leaves no trace. Others wait for it as for any
  /// transaction that writes, so keep it short.
  public <T> T rehearse(Function<Transaction, T> work) {
    var result = new AtomicReference<T>();
    try {
      return write(transaction -> {
        result.set(work.apply(transaction));
        throw new Rehearsed();
      });
    } catch (Rehearsed _) {
      return result.get();
    }
  }

  /// Ends a rehearsal: what throws is rolled back.
  private static final class Rehearsed extends RuntimeException {

    Rehearsed() {
      super("a rehearsal ends", null, false, false);
    }
  }

  /// After the answer, so that the transaction that crossed the limit does not wait for it.
  private void keepLogShort() {
    if (log.isPresent() && log.get().isTooLongAfterCommit()) {
      try {
        writer.execute(() -> log.get().empty(writing.connection()));
      } catch (RejectedExecutionException _) {
        // Closing: SQLite empties the log when its last connection goes.
      }
    }
  }

  /// Whether other nodes may change the store while this one runs.
  public boolean isShared() {
    return engine.isShared();
  }

  /// What the store occupies on disk, its log included.
  public long bytes() {
    return read(engine::bytes);
  }

  private <T> T within(Transaction transaction, Function<Transaction, T> work) {
    inTransaction.set(true);
    try {
      T result = work.apply(transaction);
      if (transaction.hasFailed()) {
        throw new IllegalStateException("a statement failed and its exception was caught inside the transaction");
      }
      return result;
    } finally {
      transaction.end();
      inTransaction.set(false);
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

  private <T> Future<T> submit(ExecutorService threads, Callable<T> work) {
    refuseNesting();
    try {
      return threads.submit(work);
    } catch (RejectedExecutionException closed) {
      throw new ProblemException(Problem.of(Problem.Code.STORE_FAILED, "the profile store is closed"), closed);
    }
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

  /// Waits for the transactions that are under way.
  @Override
  public void close() {
    writer.close();
    readers.close();
    closeIdle();
    log.ifPresent(WriteAheadLog::close);
    writing.close();
  }
}
