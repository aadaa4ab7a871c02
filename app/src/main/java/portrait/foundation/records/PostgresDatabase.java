package portrait.foundation.records;

import java.nio.file.Path;
import org.postgresql.ds.PGSimpleDataSource;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.model.Secret;

/// A database of PostgreSQL.
public record PostgresDatabase(
    @Setting(title = "Host", help = "The name of the server.", example = "db.example.com") String host,
    @Setting(title = "Port", help = "Where it listens.", standard = "5432", min = 1, max = 65535) int port,
    @Setting(title = "Database", help = "Its name on the server.", example = "shop") String database,
    @Setting(title = "Encryption", help = "tls checks the server's certificate, tls_unchecked takes any, none is for a network of one's own.", standard = "tls") Encryption encryption,
    @Setting(title = "User", help = "Who signs in there; somebody who may read what is needed, and no more.", example = "portrait_reader") String user,
    @Setting(title = "Password", help = "Of that user.") Secret password)
    implements
      RecordAccount {

  /// How the line to the server is protected.
  public enum Encryption {
    TLS, TLS_UNCHECKED, NONE
  }

  /// What people choose.
  static final Connector<PostgresDatabase> CONNECTOR = new Connector<>("postgresql", "PostgreSQL",
      "Tables and queries of a database, to read.", Form.of(PostgresDatabase.class));

  private static final int CONNECT_SECONDS = 10;

  @Override
  public RecordStore open(Path folder) {
    // Set one by one: in a URL, a name could bring settings of its own.
    var source = new PGSimpleDataSource();
    source.setServerNames(new String[]{host});
    source.setPortNumbers(new int[]{port});
    source.setDatabaseName(database);
    source.setUser(user);
    source.setPassword(password.reveal());
    source.setApplicationName("portrait");
    source.setConnectTimeout(CONNECT_SECONDS);
    source.setLoginTimeout(CONNECT_SECONDS);
    source.setTcpKeepAlive(true);
    source.setReadOnly(true);
    source.setSslMode(switch (encryption) {
      case TLS -> "verify-full";
      case TLS_UNCHECKED -> "require";
      case NONE -> "disable";
    });
    if (encryption == Encryption.TLS) {
      source.setSslfactory("org.postgresql.ssl.DefaultJavaSSLFactory");
    }
    return new ForeignDatabase(ForeignDatabase.Dialect.POSTGRESQL,
        "the database %s at %s:%d".formatted(database, host, port), source::getConnection);
  }
}
