package portrait.foundation.database;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// All tables as they were at one moment, while changes go on. Close it soon: until then the write-ahead log of SQLite
/// cannot be emptied, and PostgreSQL cannot clear away old rows.
///
/// Written down it is the same on every engine, so what one engine wrote another can read: the tables' versions, then
/// each table with its columns and rows. See [SnapshotReader].
public final class Snapshot implements AutoCloseable {

  static final String MAGIC = "portrait store 1";
  static final int MORE = 1;
  static final int END = 0;

  static final int NULL = 0;
  static final int NUMBER = 1;
  static final int DECIMAL = 2;
  static final int TEXT = 3;
  static final int BYTES = 4;
  static final int TRUE = 5;
  static final int FALSE = 6;

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int ROWS_BETWEEN_REPORTS = 1_000;

  private final ExecutorService thread = Executors
      .newSingleThreadExecutor(Thread.ofPlatform().daemon().name("profile-store-snapshot").factory());
  private final Session session;
  private final List<String> tables;

  /// Fixes the moment: what is committed before this returns is in, what comes later is not.
  Snapshot(Engine engine) {
    try {
      this.session = on(() -> new Session(engine, false));
      this.tables = on(() -> {
        session.begin();
        return engine.tables(session.connection());
      });
    } catch (RuntimeException failure) {
      thread.close();
      throw failure;
    }
  }

  /// Writes everything, once.
  ///
  /// @param progress told how many more rows are written; may throw to end it
  /// @return how many rows there are
  public long write(OutputStream out, LongConsumer progress) {
    return on(() -> {
      var data = new DataOutputStream(new BufferedOutputStream(out, BUFFER_BYTES));
      data.writeUTF(MAGIC);
      writeVersions(data);
      long rows = 0;
      for (String table : tables) {
        if (!table.equals(Migrator.TABLE)) {
          rows += writeTable(data, table, progress);
        }
      }
      data.writeByte(END);
      data.flush();
      return rows;
    });
  }

  private void writeVersions(DataOutputStream data) throws SQLException, IOException {
    try (var statement = session.connection().createStatement();
        var versions = statement
            .executeQuery("SELECT owner, version, checksum FROM migration ORDER BY owner, version")) {
      while (versions.next()) {
        data.writeByte(MORE);
        data.writeUTF(versions.getString(1));
        data.writeLong(versions.getLong(2));
        data.writeUTF(versions.getString(3));
      }
    }
    data.writeByte(END);
  }

  private long writeTable(DataOutputStream data, String table, LongConsumer progress)
      throws SQLException, IOException {
    data.writeByte(MORE);
    data.writeUTF(table);
    try (var statement = session.connection().createStatement();
        var rows = statement.executeQuery("SELECT * FROM " + table)) {
      int columns = rows.getMetaData().getColumnCount();
      data.writeInt(columns);
      for (int column = 1; column <= columns; column++) {
        data.writeUTF(rows.getMetaData().getColumnName(column));
      }
      long count = 0;
      while (rows.next()) {
        data.writeByte(MORE);
        for (int column = 1; column <= columns; column++) {
          writeValue(data, rows, column);
        }
        if (++count % ROWS_BETWEEN_REPORTS == 0) {
          progress.accept(ROWS_BETWEEN_REPORTS);
        }
      }
      data.writeByte(END);
      progress.accept(count % ROWS_BETWEEN_REPORTS);
      return count;
    }
  }

  private static void writeValue(DataOutputStream data, ResultSet rows, int column) throws SQLException, IOException {
    switch (rows.getObject(column)) {
      case null -> data.writeByte(NULL);
      case Boolean answer -> data.writeByte(answer ? TRUE : FALSE);
      case Double number -> {
        data.writeByte(DECIMAL);
        data.writeDouble(number);
      }
      case Number number -> {
        data.writeByte(NUMBER);
        data.writeLong(number.longValue());
      }
      case byte[] bytes -> {
        data.writeByte(BYTES);
        data.writeInt(bytes.length);
        data.write(bytes);
      }
      case String text -> {
        data.writeByte(TEXT);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        data.writeInt(bytes.length);
        data.write(bytes);
      }
      case Object other -> throw new IllegalStateException("cannot write a " + other.getClass().getName());
    }
  }

  /// Native drivers pin the carrier of a virtual thread, so everything happens on a thread of this class.
  private <T> T on(Callable<T> work) {
    return Patience.await(thread.submit(work), failure -> failure instanceof IOException unwritten
        ? new UncheckedIOException(unwritten)
        : new ProblemException(Problem.of(Problem.Code.STORE_FAILED,
            "the profile store cannot be copied: " + failure.getMessage()), failure));
  }

  @Override
  public void close() {
    thread.submit(() -> {
      session.rollBack();
      session.close();
    });
    thread.close();
  }
}
