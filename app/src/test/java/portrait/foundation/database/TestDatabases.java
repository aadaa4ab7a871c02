package portrait.foundation.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import portrait.foundation.model.Secret;

/// Real, empty profile stores for tests.
public final class TestDatabases {

  private static final AtomicInteger COUNT = new AtomicInteger();

  private TestDatabases() {}

  /// Each product the same tests run on: `@ParameterizedClass @EnumSource class XTest` with a field of this type.
  public enum Product {
    SQLITE, POSTGRESQL;

    /// A store that nothing was written to; on SQLite, the one of this folder.
    public DatabaseSettings settings(Path folder) {
      return switch (this) {
        case SQLITE -> sqlite(folder);
        case POSTGRESQL -> postgres();
      };
    }
  }

  /// A SQLite file in a folder of the test. The same folder is the same store.
  public static DatabaseSettings sqlite(Path folder) {
    return new DatabaseSettings.Sqlite(folder.resolve("portrait.db"));
  }

  /// A new database on a PostgreSQL server that runs as long as the tests do.
  public static DatabaseSettings postgres() {
    String name = "portrait_" + COUNT.incrementAndGet();
    execute("CREATE DATABASE " + name);
    return new DatabaseSettings.Postgres(Server.RUNNING.getJdbcUrl("postgres", name), "postgres", Secret.of(""));
  }

  /// Runs a statement as the server's administrator.
  static void execute(String sql) {
    try (var connection = Server.RUNNING.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException failure) {
      throw new IllegalStateException(sql, failure);
    }
  }

  /// Started by the first test that asks.
  private static final class Server {
    private static final EmbeddedPostgres RUNNING = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder().start();
      } catch (IOException failure) {
        throw new UncheckedIOException("PostgreSQL for tests does not start", failure);
      }
    }
  }
}
