package portrait.foundation.database;

import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
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

  private final Engine engine;
  private final Writer writer;
  private final ExecutorService readers = Executors.newFixedThreadPool(READERS,
      Thread.ofPlatform().daemon().name("profile-store-reader-", 1).factory());
  private final LinkedBlockingDeque<Session> idle = new LinkedBlockingDeque<>();

  private Database(Engine engine) throws SQLException, IOException {
    this.engine = engine;
    this.writer = new Writer(engine);
  }

  /// Opens the store and brings its tables up to date.
  ///
  /// @param owners in the order of the packages, so that a table exists before another refers to it
  /// @throws ProblemException `store_failed` when it cannot be opened, or was written by a newer version
  public static Database open(DatabaseSettings settings, List<Migrations> owners) {
    try {
      var database = new Database(Engine.of(settings));
      try {
        database.onWriter(() -> {
          database.writer.migrate(Migrations.withOurs(owners));
          return true;
        });
      } catch (RuntimeException failure) {
        database.close();
        throw failure;
      }
      return database;
    } catch (SQLException | IOException failure) {
      throw new ProblemException(Problem.of(Problem.Code.STORE_FAILED,
          "the profile store cannot be opened: " + failure.getMessage(),
          "Check that the folder can be written, or that the PostgreSQL address and account are right."), failure);
    }
  }

  /// Reads from one consistent snapshot, which holds everything acknowledged before. The work must not change anything:
  /// SQLite and PostgreSQL both refuse it.
  public <T> T read(Function<Transaction, T> work) {
    if (writer.isUnsettled()) {
      onWriter(() -> {
        writer.settle();
        return true;
      });
    }
    return readSettled(work);
  }

  /// Like [#read], but does not wait for what was deferred: the snapshot may lack it. For those who know that it cannot
  /// matter to them.
  public <T> T readSettled(Function<Transaction, T> work) {
    return wait(submit(() -> {
      while (true) {
        Session resting = idle.pollFirst();
        Session session = resting == null ? new Session(engine, false) : resting;
        var transaction = new Transaction(session);
        try {
          session.begin();
          T result = transaction.run(work);
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
    return onWriter(() -> writer.write(work));
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

  /// Changes the store like [#write], for many small changes that come one after the other: on the embedded store they
  /// share commits. Each is durable after the next [#force], because the record is, and [#recover] can make the same
  /// change from it again. When the work throws, nothing happened.
  ///
  /// The work may take chance and time only from [Transaction#random], [Transaction#begunAt] and the record.
  ///
  /// @param record made of what came of the work, where there is a journal
  public <T> T defer(Function<T, byte[]> record, Function<Transaction, T> work) {
    return onWriter(() -> writer.defer(record, work));
  }

  /// Makes all changes that were deferred before durable, while others may be going on.
  ///
  /// @throws ProblemException `store_failed` when they may not be: they are done, but nobody should be told so
  public void force() {
    try {
      writer.force();
    } catch (IOException failure) {
      throw new ProblemException(Problem.of(Problem.Code.STORE_FAILED, "the journal cannot be made durable",
          "Look at the log of the server: the disk may be full or broken."), failure);
    }
  }

  /// Whether deferred changes lie in the journal and not in the store, because the process died or the disk was full.
  /// Until [#recover] has made them again nothing can be changed.
  public boolean isBehind() {
    return writer.isBehind();
  }

  /// Makes what was deferred and lost again, in its order.
  ///
  /// @param redo gets each record and what stands for [#write] meanwhile
  public void recover(BiConsumer<byte[], Redo> redo) {
    if (!writer.isBehind()) {
      return;
    }
    for (var entry : onWriter(writer::unsettled)) {
      redo.accept(entry.content(), new Redo(this, entry.origin()));
    }
    onWriter(() -> {
      writer.recovered();
      return true;
    });
  }

  /// Changes the store while it is recovered.
  public static final class Redo {

    private final Database database;
    private final Origin origin;

    private Redo(Database database, Origin origin) {
      this.database = database;
      this.origin = origin;
    }

    public <T> T write(Function<Transaction, T> work) {
      return database.onWriter(() -> database.writer.redo(origin, work));
    }
  }

  /// Whether changes were deferred that [#readSettled] does not see yet.
  public boolean isUnsettled() {
    return writer.isUnsettled();
  }

  /// Goes up whenever deferred changes become visible to [#readSettled].
  public long settlements() {
    return writer.settlements();
  }

  /// Runs something whenever deferred changes have become visible, before the next change.
  public void onSettled(Runnable action) {
    writer.onSettled(action);
  }

  /// Reads what was deferred, too, in turn with the changes. The work must not change anything.
  public <T> T readLatest(Function<Transaction, T> work) {
    return onWriter(() -> writer.latest(work));
  }

  /// Whether other nodes may change the store while this one runs.
  public boolean isShared() {
    return engine.isShared();
  }

  /// Everything as it is now, for a copy. What was acknowledged before is in it.
  public Snapshot snapshot() {
    // Commits what was deferred; what is deferred from now on comes after this moment.
    read(transaction -> true);
    return new Snapshot(engine);
  }

  /// Fills an empty store with what [Snapshot#write] wrote, on this engine or another; [#open] then brings its tables up
  /// to date.
  ///
  /// @param owners as in [#open]
  /// @param progress told how many more rows are in
  /// @return how many rows there were
  /// @throws ProblemException `conflict` when the store is not empty, `invalid_file` when the copy is not complete or was
  ///         made by a newer Portrait; nothing is left behind then
  public static long restore(DatabaseSettings settings, List<Migrations> owners, InputStream in,
      LongConsumer progress) {
    return new Restoration(settings).run(Migrations.withOurs(owners), in, progress);
  }

  /// What the store occupies on disk, its log included.
  public long bytes() {
    return read(engine::bytes);
  }

  private <T> T onWriter(Callable<T> work) {
    Transaction.refuseNesting();
    try {
      return wait(writer.submit(work));
    } catch (RejectedExecutionException closed) {
      throw closed(closed);
    }
  }

  private <T> Future<T> submit(Callable<T> work) {
    Transaction.refuseNesting();
    try {
      return readers.submit(work);
    } catch (RejectedExecutionException closed) {
      throw closed(closed);
    }
  }

  private static ProblemException closed(RejectedExecutionException why) {
    return new ProblemException(Problem.of(Problem.Code.STORE_FAILED, "the profile store is closed"), why);
  }

  private static <T> T wait(Future<T> future) {
    return Patience.await(future, failure -> new ProblemException(
        Problem.of(Problem.Code.STORE_FAILED, "the profile store failed: " + failure.getMessage()), failure));
  }

  /// Waits for the transactions that are under way.
  @Override
  public void close() {
    readers.close();
    closeIdle();
    writer.close();
  }
}
