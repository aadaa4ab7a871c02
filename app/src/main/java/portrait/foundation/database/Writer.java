package portrait.foundation.database;

import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// The one thread that changes the store, and its session.
///
/// A change is committed by itself ([#write]) or deferred ([#defer]): then it is done in a transaction that stays open
/// for the changes that follow, and its record goes to the journal, which [#force] makes durable. [#settle] commits
/// them all. A page of the store that many of them touched is written once that way, which is most of what a commit
/// costs.
final class Writer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
  private static final int ATTEMPTS_MAX = 8;
  private static final long PAUSE_NANOS = 2_000_000;

  /** Nothing deferred for this long: commit, for whoever reads next. */
  private static final Duration IDLE = Duration.ofMillis(20);
  /** Deferred for this long: commit although more keeps coming. Longer gains little, and the commit takes longer. */
  private static final Duration AGE_MAX = Duration.ofSeconds(1);

  private final Engine engine;
  private final Optional<WriteAheadLog> log;
  private final Optional<Journal> journal;
  private final ScheduledThreadPoolExecutor thread;
  private final SecureRandom random = new SecureRandom();
  private final List<Runnable> onSettled = new ArrayList<>();
  private Session session;
  private List<Journal.Entry> unsettled = List.of();
  private long firstDeferredAt;
  private long lastDeferredAt;
  private long losses;
  private volatile boolean isBehind;
  private volatile boolean isUnsettled;
  private volatile long settlements;

  Writer(Engine engine) throws SQLException, IOException {
    this.engine = engine;
    this.session = new Session(engine, true);
    this.log = engine.writeAheadLog();
    this.journal = engine.journal();
    this.thread = new ScheduledThreadPoolExecutor(1,
        Thread.ofPlatform().daemon().name("profile-store-writer").factory());
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    thread.setRemoveOnCancelPolicy(true);
  }

  <T> Future<T> submit(Callable<T> work) {
    return thread.submit(work);
  }

  /// Whether the thread has changes in hand that other sessions do not see yet.
  boolean isUnsettled() {
    return isUnsettled;
  }

  /// Goes up with each [#settle].
  long settlements() {
    return settlements;
  }

  /// Whether the journal holds changes that the store lacks; until they are made again nothing else may change it.
  boolean isBehind() {
    return isBehind;
  }

  void onSettled(Runnable action) {
    onSettled.add(action);
  }

  void migrate(List<Migrations> owners) throws SQLException, IOException {
    write(transaction -> Migrator.migrate(transaction, session, owners));
    if (journal.isPresent()) {
      long settled = write(transaction -> transaction.first("SELECT settled FROM store_journal", row -> row.number(1))
          .orElseThrow());
      unsettled = journal.get().after(settled);
      isBehind = !unsettled.isEmpty();
    }
  }

  /// All of it is durable when this returns, or none of it happened.
  <T> T write(Function<Transaction, T> work) throws SQLException {
    settle();
    refuseWhileBehind();
    return write(origin(), work);
  }

  private Origin origin() {
    return new Origin(random.nextLong(), System.currentTimeMillis());
  }

  private <T> T write(Origin origin, Function<Transaction, T> work) throws SQLException {
    for (int attempt = 1;; attempt++) {
      boolean isCommitting = false;
      try {
        session.begin();
        var transaction = new Transaction(session, origin, losses);
        T result = transaction.run(work);
        isCommitting = true;
        session.commit();
        transaction.committed();
        keepLogShort();
        return result;
      } catch (SQLException | RuntimeException | Error failure) {
        boolean isBroken = !rollBack(failure);
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
  }

  /// False when the session broke; there is a new one then.
  private boolean rollBack(Throwable failure) throws SQLException {
    if (session.rollBack()) {
      return true;
    }
    LOG.warn("the connection to the profile store broke and is opened again: {}", failure.getMessage());
    session.close();
    session = new Session(engine, true);
    return false;
  }

  private boolean isTransient(Throwable failure) {
    return switch (failure) {
      case SQLException sql -> engine.isTransient(sql);
      case StoreException store -> engine.isTransient(store.failure());
      case LostRaceException _ -> true;
      default -> false;
    };
  }

  /// Like [#write], but committed later, together with others; durable after the next [#force]. Where other nodes share
  /// the store there is no later.
  <T> T defer(Function<T, byte[]> record, Function<Transaction, T> work) throws SQLException {
    if (journal.isEmpty()) {
      return write(work);
    }
    refuseWhileBehind();
    var origin = origin();
    if (!isUnsettled) {
      session.begin();
      firstDeferredAt = System.nanoTime();
    }
    try {
      session.setSavepoint();
      var transaction = new Transaction(session, origin, losses);
      T result;
      try {
        result = transaction.run(work);
        append(origin, record.apply(result));
      } catch (RuntimeException | Error failure) {
        session.rollBackToSavepoint();
        throw failure;
      }
      session.releaseSavepoint();
      transaction.committed();
      return result;
    } catch (SQLException failure) {
      lose(failure);
      throw failure;
    } finally {
      lastDeferredAt = System.nanoTime();
      if (!isUnsettled && !isBehind) {
        isUnsettled = true;
        settleSoon();
      }
    }
  }

  private void append(Origin origin, byte[] record) {
    try {
      journal.orElseThrow().append(origin, record);
    } catch (IOException failure) {
      throw new StoreException("the journal", new SQLException(failure));
    }
  }

  /// Makes what was deferred durable; by any thread, while the writer goes on.
  void force() throws IOException {
    if (journal.isPresent()) {
      journal.get().force();
    }
  }

  private void settleSoon() {
    try {
      thread.schedule(this::settleWhenDue, IDLE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException _) {
      // Closing, which settles by itself.
    }
  }

  private void settleWhenDue() {
    if (!isUnsettled) {
      return;
    }
    long now = System.nanoTime();
    boolean isDue = now - lastDeferredAt >= IDLE.toNanos() || now - firstDeferredAt >= AGE_MAX.toNanos()
        || journal.orElseThrow().bytes() >= Journal.BYTES_MAX;
    if (!isDue) {
      settleSoon();
      return;
    }
    try {
      settle();
    } catch (SQLException | StoreException _) {
      // Logged; nothing is lost, and whoever writes next is told.
    }
  }

  /// Commits what was deferred.
  void settle() throws SQLException {
    if (!isUnsettled) {
      return;
    }
    try {
      var transaction = new Transaction(session, origin(), losses);
      transaction.update("UPDATE store_journal SET settled = ?", journal.orElseThrow().generation());
      session.commit();
    } catch (SQLException | StoreException failure) {
      lose(failure);
      throw failure;
    }
    journal.orElseThrow().startOver();
    isUnsettled = false;
    settlements++;
    onSettled.forEach(Runnable::run);
    keepLogShort();
  }

  /// The open transaction is gone, but not what was acknowledged in it: the journal has it.
  private void lose(Exception failure) {
    LOG.error("the profile store cannot be written; acknowledged changes wait in the journal: {}",
        failure.getMessage());
    losses++;
    isUnsettled = false;
    try {
      rollBack(failure);
      unsettled = journal.orElseThrow().after(journal.orElseThrow().generation() - 1);
    } catch (SQLException | IOException broken) {
      LOG.error("the profile store cannot be opened again: {}", broken.getMessage());
    }
    isBehind = true;
  }

  private void refuseWhileBehind() {
    if (isBehind) {
      throw Problem.of(Problem.Code.STORE_FAILED, "the profile store lacks changes that its journal holds",
          "They are made again with the next event, or at the next start. Look at the log of the server: the disk may "
              + "be full.")
          .asException();
    }
  }

  /// What the journal holds and the store lacks, oldest first.
  List<Journal.Entry> unsettled() {
    return unsettled;
  }

  /// Like [#write], as a part of making the journal's changes again.
  <T> T redo(Origin origin, Function<Transaction, T> work) throws SQLException {
    return write(origin, work);
  }

  /// All of them were made again.
  void recovered() throws SQLException {
    var owner = journal.orElseThrow();
    write(origin(), transaction -> transaction.update("UPDATE store_journal SET settled = ?", owner.generation()));
    owner.startOver();
    unsettled = List.of();
    isBehind = false;
    settlements++;
    onSettled.forEach(Runnable::run);
  }

  /// Reads on the writer's own session: sees what is not settled. The work must not change anything.
  <T> T latest(Function<Transaction, T> work) throws SQLException {
    if (isUnsettled) {
      return new Transaction(session, origin(), losses).run(work);
    }
    session.begin();
    try {
      return new Transaction(session, origin(), losses).run(work);
    } finally {
      session.rollBack();
    }
  }

  /// After the answer, so that the transaction that crossed the limit does not wait for it.
  private void keepLogShort() {
    if (log.isPresent() && log.get().isTooLongAfterCommit()) {
      try {
        thread.execute(() -> {
          if (!isUnsettled) {
            log.get().empty(session.connection());
          }
        });
      } catch (RejectedExecutionException _) {
        // Closing: SQLite empties the log when its last connection goes.
      }
    }
  }

  /// Waits for the changes that are under way, and commits what was deferred.
  @Override
  public void close() {
    if (thread.isShutdown()) {
      return;
    }
    try {
      thread.submit(() -> {
        settle();
        return true;
      }).get();
    } catch (Exception failure) {
      LOG.warn("the last changes wait in the journal for the next start: {}", failure.getMessage());
    }
    thread.close();
    log.ifPresent(WriteAheadLog::close);
    session.close();
    try {
      if (journal.isPresent()) {
        journal.get().close();
      }
    } catch (IOException failure) {
      LOG.debug("closing the journal: {}", failure.getMessage());
    }
  }
}
