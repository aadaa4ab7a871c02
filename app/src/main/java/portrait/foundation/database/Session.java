package portrait.foundation.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection, used by one platform thread at a time, with the statements it has prepared.
final class Session implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final int PREPARED_MAX = 512;

  private final Engine engine;
  private final Connection connection;
  private final boolean writes;
  private final LinkedHashMap<String, PreparedStatement> prepared = new LinkedHashMap<>(64, 0.75f, true);

  Session(Engine engine, boolean writes) throws SQLException {
    this.engine = engine;
    this.writes = writes;
    this.connection = engine.connect(writes);
  }

  Engine engine() {
    return engine;
  }

  /// Whether nobody else can write while a transaction of this session is open.
  boolean isOnlyWriter() {
    return writes && !engine.isShared();
  }

  Connection connection() {
    return connection;
  }

  /// Hands out a prepared statement, which is nobody else's until it is given back: a query that is read may well run
  /// the same query again for each row.
  PreparedStatement take(String sql) throws SQLException {
    PreparedStatement known = prepared.remove(sql);
    return known == null ? connection.prepareStatement(sql) : known;
  }

  /// Keeps a statement for the next time. One that failed is closed instead: it may hold half a batch.
  void giveBack(String sql, PreparedStatement statement) throws SQLException {
    PreparedStatement twin = prepared.put(sql, statement);
    if (twin != null) {
      twin.close();
    }
    if (prepared.size() > PREPARED_MAX) {
      prepared.pollFirstEntry().getValue().close();
    }
  }

  /// Begins a transaction. Between two of them the connection is in no transaction at all: an idle writer must not hold
  /// SQLite's write lock, nor a place in its log.
  void begin() throws SQLException {
    connection.setAutoCommit(false);
  }

  void commit() throws SQLException {
    connection.setAutoCommit(true);
  }

  /// From here a part of the transaction can be taken back.
  void setSavepoint() throws SQLException {
    execute("SAVEPOINT part");
  }

  void rollBackToSavepoint() throws SQLException {
    execute("ROLLBACK TO part");
    releaseSavepoint();
  }

  void releaseSavepoint() throws SQLException {
    execute("RELEASE part");
  }

  private void execute(String sql) throws SQLException {
    var statement = take(sql);
    statement.execute();
    giveBack(sql, statement);
  }

  /// Ends the transaction, if one is open, without effect.
  ///
  /// @return whether the session can be used again
  boolean rollBack() {
    try {
      if (!connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      return !connection.isClosed();
    } catch (SQLException broken) {
      LOG.debug("rolling back: {}", broken.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException failure) {
      LOG.debug("closing a connection to the profile store: {}", failure.getMessage());
    }
  }
}
