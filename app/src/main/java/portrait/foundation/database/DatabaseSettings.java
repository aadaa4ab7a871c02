package portrait.foundation.database;

import java.nio.file.Path;
import portrait.foundation.model.Secret;

/// Where the profile store lives.
public sealed interface DatabaseSettings {

  /// A SQLite file inside the home folder: the default, one process, nothing to install.
  ///
  /// @param file created when absent; its folder must exist
  /// @param logMegabytesMax how long the write-ahead log beside the file may get before writing waits until it is
  ///        emptied; smaller means shorter restarts after a crash, larger means fewer stalls
  record Sqlite(Path file, int logMegabytesMax) implements DatabaseSettings {

    public static final int LOG_MEGABYTES_MAX = 256;

    public Sqlite {
      if (logMegabytesMax < 1) {
        throw new IllegalArgumentException("logMegabytesMax was %d but must be at least 1".formatted(logMegabytesMax));
      }
    }

    public Sqlite(Path file) {
      this(file, LOG_MEGABYTES_MAX);
    }
  }

  /// A PostgreSQL database (15 or newer), shared by several Portrait nodes.
  ///
  /// @param url `jdbc:postgresql://host:port/name`, without user and password
  record Postgres(String url, String user, Secret password) implements DatabaseSettings {}
}
