package portrait.foundation.database;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Fills an empty store with what a [Snapshot] wrote: the tables are made as they were then, and filled; opening the
/// store brings them up to date. All in one transaction.
final class Restoration {

  private static final int BATCH = 500;

  private final DatabaseSettings settings;
  private final Engine engine;

  Restoration(DatabaseSettings settings) {
    this.settings = settings;
    this.engine = Engine.of(settings);
  }

  long run(List<Migrations> owners, InputStream in, LongConsumer progress) {
    if (settings instanceof DatabaseSettings.Sqlite sqlite && Files.exists(sqlite.file())) {
      throw occupied(sqlite.file().toString()).asException();
    }
    boolean isDone = false;
    try {
      long rows = fill(owners, in, progress);
      isDone = true;
      return rows;
    } catch (SQLException failure) {
      throw new ProblemException(Problem.of(Problem.Code.STORE_FAILED,
          "the profile store cannot be restored: " + failure.getMessage(),
          "Check that the folder can be written, or that the PostgreSQL address and account are right."), failure);
    } catch (IOException failure) {
      throw new ProblemException(SnapshotReader.invalid("it is not complete: " + failure.getMessage()), failure);
    } finally {
      if (!isDone) {
        clearAway();
      }
    }
  }

  static Problem occupied(String where) {
    return Problem.of(Problem.Code.CONFLICT, "%s is not empty, and a restore replaces nothing".formatted(where),
        "Choose an empty folder with --home, or an empty database; move what is there away first.");
  }

  private long fill(List<Migrations> owners, InputStream in, LongConsumer progress) throws SQLException, IOException {
    try (var session = new Session(engine, true)) {
      session.begin();
      if (!engine.tables(session.connection()).isEmpty()) {
        throw occupied("the profile store").asException();
      }
      var reader = new SnapshotReader(in);
      var versions = reader.versions(owners);
      new Transaction(session, new Origin(new SecureRandom().nextLong(), System.currentTimeMillis()), 0)
          .run(transaction -> Migrator.migrate(transaction, session, versions));
      empty(session);
      var rows = new Rows(session);
      long count = reader.read(rows, progress);
      rows.flush();
      session.commit();
      return count;
    }
  }

  /// Scripts put first rows into some tables. Of tables that refer to others, the names come later in the alphabet.
  private void empty(Session session) throws SQLException {
    for (String table : engine.tables(session.connection()).reversed()) {
      if (!table.equals(Migrator.TABLE)) {
        try (var statement = session.connection().createStatement()) {
          statement.execute("DELETE FROM " + table);
        }
      }
    }
  }

  private void clearAway() {
    if (settings instanceof DatabaseSettings.Sqlite sqlite) {
      for (String ending : List.of("", "-wal", "-shm", "-journal")) {
        delete(sqlite.file().resolveSibling(sqlite.file().getFileName() + ending));
      }
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException stuck) {
      throw new ProblemException(Problem.of(Problem.Code.STORE_FAILED,
          "what was restored is not complete, and %s cannot be deleted".formatted(file), "Delete it."), stuck);
    }
  }

  /// Rows on their way in, many at a time.
  private static final class Rows implements SnapshotReader.Tables {

    private final Session session;
    private final List<@Nullable Object[]> waiting = new ArrayList<>();
    private final Set<Integer> booleans = new HashSet<>();
    private String insert = "";

    Rows(Session session) {
      this.session = session;
    }

    @Override
    public void table(String name, List<String> columns) {
      flush();
      var quoted = columns.stream().map(column -> '"' + column + '"').toList();
      insert = "INSERT INTO %s (%s) VALUES (%s)".formatted('"' + name + '"', String.join(", ", quoted),
          String.join(", ", Collections.nCopies(columns.size(), "?")));
      String select = "SELECT %s FROM %s WHERE 1 = 0".formatted(String.join(", ", quoted), '"' + name + '"');
      booleans.clear();
      try (var statement = session.connection().createStatement(); var none = statement.executeQuery(select)) {
        for (int column = 0; column < columns.size(); column++) {
          int type = none.getMetaData().getColumnType(column + 1);
          if (type == Types.BIT || type == Types.BOOLEAN) {
            booleans.add(column);
          }
        }
      } catch (SQLException failure) {
        throw new StoreException(select, failure);
      }
    }

    @Override
    public void row(@Nullable Object[] values) {
      waiting.add(values);
      if (waiting.size() == BATCH) {
        flush();
      }
    }

    void flush() {
      if (waiting.isEmpty()) {
        return;
      }
      try {
        var statement = session.take(insert);
        for (var values : waiting) {
          for (int column = 0; column < values.length; column++) {
            bind(statement, column, values[column]);
          }
          statement.addBatch();
        }
        statement.executeBatch();
        session.giveBack(insert, statement);
      } catch (SQLException failure) {
        throw new StoreException(insert, failure);
      }
      waiting.clear();
    }

    /// Where one engine has truth values the other has 0 and 1.
    private void bind(PreparedStatement statement, int column, @Nullable Object value) throws SQLException {
      switch (value) {
        case Long number when booleans.contains(column) -> statement.setBoolean(column + 1, number != 0);
        case Boolean answer when !booleans.contains(column) -> statement.setLong(column + 1, answer ? 1 : 0);
        case null -> statement.setObject(column + 1, null);
        case byte[] bytes -> statement.setBytes(column + 1, bytes);
        case Object other -> statement.setObject(column + 1, other);
      }
    }
  }
}
