package portrait.foundation.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.Set;

/// What differs between SQLite and PostgreSQL. Everything else is the same SQL through the same code.
sealed interface Engine {

  Connection connect(boolean writes) throws SQLException;

  /// A migration as this engine spells it. Migrations are written with PostgreSQL's type names and two placeholders
  /// at the end of each table: `${table}` for an ordinary one, `${clustered}` for one stored in the order of its
  /// primary key where the engine can do that.
  String migration(String sql);

  /// Locks the rows of a SELECT until the transaction ends; empty where a single writer makes it needless.
  String forUpdate();

  /// Whether the failed transaction may simply be run again: another writer got in its way.
  boolean isTransient(SQLException failure);

  /// Whether other processes may change the store while this one runs.
  boolean isShared();

  static Engine of(DatabaseSettings settings) {
    return switch (settings) {
      case DatabaseSettings.Sqlite sqlite -> new Sqlite(sqlite);
      case DatabaseSettings.Postgres postgres -> new Postgres(postgres);
    };
  }

  record Sqlite(DatabaseSettings.Sqlite settings) implements Engine {

    @Override
    public Connection connect(boolean writes) throws SQLException {
      var properties = new Properties();
      properties.setProperty("journal_mode", "WAL");
      // FULL: an acknowledged event survives a power cut, not only a crash of the process.
      properties.setProperty("synchronous", "FULL");
      properties.setProperty("busy_timeout", "10000");
      properties.setProperty("foreign_keys", "true");
      properties.setProperty("cache_size", writes ? "-131072" : "-32768");
      properties.setProperty("temp_store", "MEMORY");
      // A writer that begins as a reader can fail half-way with "busy"; IMMEDIATE takes the lock at once.
      properties.setProperty("transaction_mode", writes ? "IMMEDIATE" : "DEFERRED");
      return DriverManager.getConnection("jdbc:sqlite:" + settings.file(), properties);
    }

    @Override
    public String migration(String sql) {
      return sql.replaceAll("\\bBIGINT\\b", "INTEGER").replaceAll("\\bDOUBLE PRECISION\\b", "REAL")
          .replaceAll("\\bBOOLEAN\\b", "INTEGER").replaceAll("\\bBYTEA\\b", "BLOB")
          .replace("${table}", "STRICT").replace("${clustered}", "STRICT, WITHOUT ROWID");
    }

    @Override
    public String forUpdate() {
      return "";
    }

    @Override
    public boolean isShared() {
      return false;
    }

    @Override
    public boolean isTransient(SQLException failure) {
      // 5 SQLITE_BUSY, 6 SQLITE_LOCKED
      return (failure.getErrorCode() & 0xff) == 5 || (failure.getErrorCode() & 0xff) == 6;
    }
  }

  record Postgres(DatabaseSettings.Postgres settings) implements Engine {

    /// Serialisation failure, deadlock, and a duplicate key: with several writers that is mostly a lost race, and the
    /// next attempt finds the row that the other one has made.
    private static final Set<String> TRANSIENT_STATES = Set.of("40001", "40P01", "23505");

    @Override
    public Connection connect(boolean writes) throws SQLException {
      var properties = new Properties();
      properties.setProperty("user", settings.user());
      properties.setProperty("password", settings.password().reveal());
      properties.setProperty("stringtype", "unspecified");
      properties.setProperty("reWriteBatchedInserts", "true");
      // The detail of an error quotes the row: personal data that must not reach a log.
      properties.setProperty("logServerErrorDetail", "false");
      properties.setProperty("connectTimeout", "10");
      properties.setProperty("ApplicationName", "portrait");
      return DriverManager.getConnection(settings.url(), properties);
    }

    @Override
    public String migration(String sql) {
      return sql.replace("${table}", "").replace("${clustered}", "");
    }

    @Override
    public String forUpdate() {
      return " FOR UPDATE";
    }

    @Override
    public boolean isShared() {
      return true;
    }

    @Override
    public boolean isTransient(SQLException failure) {
      return TRANSIENT_STATES.contains(failure.getSQLState());
    }
  }
}
