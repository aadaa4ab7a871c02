package portrait.foundation.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;

/// One connection, used by one platform thread, with the statements it has prepared.
final class Session implements AutoCloseable {

  private static final int PREPARED_MAX = 512;

  private final Engine engine;
  private final Connection connection;
  private final LinkedHashMap<String, PreparedStatement> prepared = new LinkedHashMap<>(64, 0.75f, true);

  Session(Engine engine, boolean writes) throws SQLException {
    this.engine = engine;
    this.connection = engine.connect(writes);
    connection.setAutoCommit(false);
  }

  Engine engine() {
    return engine;
  }

  Connection connection() {
    return connection;
  }

  PreparedStatement prepared(String sql) throws SQLException {
    PreparedStatement known = prepared.get(sql);
    if (known != null && !known.isClosed()) {
      return known;
    }
    if (prepared.size() >= PREPARED_MAX) {
      prepared.pollFirstEntry();
    }
    var statement = connection.prepareStatement(sql);
    prepared.put(sql, statement);
    return statement;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
