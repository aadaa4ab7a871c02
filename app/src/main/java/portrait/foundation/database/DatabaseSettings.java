package portrait.foundation.database;

import java.nio.file.Path;
import portrait.foundation.model.Secret;

/// Where the profile store lives.
public sealed interface DatabaseSettings {

  /// A SQLite file inside the home folder: the default, one process, nothing to install.
  ///
  /// @param file created when absent; its folder must exist
  record Sqlite(Path file) implements DatabaseSettings {}

  /// A PostgreSQL database (15 or newer), shared by several Portrait nodes.
  ///
  /// @param url `jdbc:postgresql://host:port/name`, without user and password
  record Postgres(String url, String user, Secret password) implements DatabaseSettings {}
}
