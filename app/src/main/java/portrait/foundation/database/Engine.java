package portrait.foundation.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/// What differs between SQLite and PostgreSQL. Everything else is the same SQL through the same code.
sealed interface Engine {

  /// A connection whose transactions take the write lock at once, or see one snapshot and cannot write.
  Connection connect(boolean writes) throws SQLException;

  /// A migration as this engine spells it. Migrations are written with PostgreSQL's type names and two placeholders
  /// at the end of each table: `${table}` for an ordinary one, `${clustered}` for one stored in the order of its
  /// primary key where the engine can do that.
  String migration(String sql);

  /// Makes nodes that start at the same time migrate one after the other; empty where there is one process.
  Optional<String> migrationLock();

  /// Locks the rows of a SELECT until the transaction ends; empty where a single writer makes it needless.
  String forUpdate();

  /// Whether the failed transaction may simply be run again: another writer got in its way.
  boolean isTransient(SQLException failure);

  /// Whether other processes may change the store while this one runs.
  boolean isShared();

  /// The write-ahead log, where emptying it is our business.
  Optional<WriteAheadLog> writeAheadLog() throws SQLException;

  /// What makes deferred changes durable; empty where other nodes must see a change at once.
  Optional<Journal> journal() throws IOException;

  /// What the store occupies on disk.
  long bytes(Transaction transaction);

  /// The names of all tables, in the order of the alphabet.
  List<String> tables(Connection connection) throws SQLException;

  private static List<String> names(Connection connection, String select) throws SQLException {
    var names = new ArrayList<String>();
    try (var statement = connection.createStatement(); var rows = statement.executeQuery(select)) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    names.sort(null);
    return names;
  }

  static Engine of(DatabaseSettings settings) {
    return switch (settings) {
      case DatabaseSettings.Sqlite sqlite -> new Sqlite(sqlite);
      case DatabaseSettings.Postgres postgres -> new Postgres(postgres);
    };
  }

  record Sqlite(DatabaseSettings.Sqlite settings) implements Engine {

    static final int BUSY_TIMEOUT_MILLIS = 10_000;

    @Override
    public Connection connect(boolean writes) throws SQLException {
      NativeLibrary.keepBeside(settings.file());
      var properties = new Properties();
      properties.setProperty("journal_mode", "WAL");
      // FULL: an acknowledged event survives a power cut, not only a crash of the process.
      properties.setProperty("synchronous", "FULL");
      properties.setProperty("busy_timeout", String.valueOf(BUSY_TIMEOUT_MILLIS));
      properties.setProperty("foreign_keys", "true");
      properties.setProperty("cache_size", writes ? "-131072" : "-32768");
      properties.setProperty("temp_store", "MEMORY");
      // Otherwise the driver asks for the last row number after every INSERT; nobody here wants to know.
      properties.setProperty("jdbc.get_generated_keys", "false");
      // A writer that begins as a reader can fail half-way with "busy"; IMMEDIATE takes the lock at once.
      properties.setProperty("transaction_mode", writes ? "IMMEDIATE" : "DEFERRED");
      var connection = DriverManager.getConnection("jdbc:sqlite:" + settings.file(), properties);
      try (var statement = connection.createStatement()) {
        // See WriteAheadLog: an automatic checkpoint would run inside somebody's commit.
        statement.execute("PRAGMA wal_autocheckpoint = 0");
        if (!writes) {
          statement.execute("PRAGMA query_only = true");
        }
      }
      return connection;
    }

    @Override
    public String migration(String sql) {
      return sql.replaceAll("\\bBIGINT\\b", "INTEGER").replaceAll("\\bDOUBLE PRECISION\\b", "REAL")
          .replaceAll("\\bBOOLEAN\\b", "INTEGER").replaceAll("\\bBYTEA\\b", "BLOB")
          .replace("${table}", "STRICT").replace("${clustered}", "STRICT, WITHOUT ROWID");
    }

    @Override
    public Optional<String> migrationLock() {
      return Optional.empty();
    }

    @Override
    public String forUpdate() {
      return "";
    }

    @Override
    public boolean isTransient(SQLException failure) {
      // 5 SQLITE_BUSY, 6 SQLITE_LOCKED
      return (failure.getErrorCode() & 0xff) == 5 || (failure.getErrorCode() & 0xff) == 6;
    }

    @Override
    public boolean isShared() {
      return false;
    }

    @Override
    public Optional<WriteAheadLog> writeAheadLog() throws SQLException {
      return Optional.of(new WriteAheadLog(logFile(), settings.logMegabytesMax() * 1024L * 1024L, connect(false)));
    }

    @Override
    public Optional<Journal> journal() throws IOException {
      return Optional.of(Journal.open(journalFile()));
    }

    private Path journalFile() {
      return settings.file().resolveSibling(settings.file().getFileName() + ".deferred");
    }

    @Override
    public long bytes(Transaction transaction) {
      return size(settings.file()) + size(logFile()) + size(journalFile());
    }

    @Override
    public List<String> tables(Connection connection) throws SQLException {
      return names(connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    }

    private Path logFile() {
      return settings.file().resolveSibling(settings.file().getFileName() + "-wal");
    }

    private static long size(Path file) {
      try {
        return Files.exists(file) ? Files.size(file) : 0;
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
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
      // Long results come in portions instead of filling the memory.
      properties.setProperty("defaultRowFetchSize", "1000");
      // The detail of an error quotes the row: personal data that must not reach a log.
      properties.setProperty("logServerErrorDetail", "false");
      properties.setProperty("connectTimeout", "10");
      properties.setProperty("tcpKeepAlive", "true");
      properties.setProperty("ApplicationName", "portrait");
      var connection = DriverManager.getConnection(settings.url(), properties);
      if (!writes) {
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      }
      return connection;
    }

    @Override
    public String migration(String sql) {
      return sql.replace("${table}", "").replace("${clustered}", "");
    }

    @Override
    public Optional<String> migrationLock() {
      return Optional.of("SELECT pg_advisory_xact_lock(8017734)");
    }

    @Override
    public String forUpdate() {
      return " FOR UPDATE";
    }

    @Override
    public boolean isTransient(SQLException failure) {
      return TRANSIENT_STATES.contains(failure.getSQLState());
    }

    @Override
    public boolean isShared() {
      return true;
    }

    @Override
    public Optional<WriteAheadLog> writeAheadLog() {
      return Optional.empty();
    }

    @Override
    public Optional<Journal> journal() {
      return Optional.empty();
    }

    @Override
    public long bytes(Transaction transaction) {
      return transaction.first("SELECT pg_database_size(current_database())", row -> row.number(1))
          .orElseThrow();
    }

    @Override
    public List<String> tables(Connection connection) throws SQLException {
      return names(connection, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()");
    }
  }
}
