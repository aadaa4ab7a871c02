package portrait.foundation.records;

import java.nio.file.Files;
import java.nio.file.Path;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.model.Problem;

/// A database of SQLite: a file of the machine that Portrait runs on.
public record SqliteFile(
    @Setting(title = "File", help = "Below the folder for exports of this installation. Letters, digits, -, _ and dots, with / between folders.", example = "shop/crm.db") String file)
    implements
      RecordAccount {

  /// What people choose.
  static final Connector<SqliteFile> CONNECTOR = new Connector<>("sqlite", "SQLite",
      "Tables and queries of a database file of this machine, to read.", Form.of(SqliteFile.class));

  private static final int WAIT_MILLIS = 10_000;

  public SqliteFile {
    if (!file.isEmpty() && !file.matches("([A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*")) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "settings.file was '%s' but must be letters, digits, -, _ and dots, with / between folders".formatted(file))
          .asException();
    }
  }

  @Override
  public RecordStore open(Path folder) {
    Path database = folder.resolve(file);
    return new ForeignDatabase(ForeignDatabase.Dialect.SQLITE, "the file " + file, () -> {
      // The library would make one.
      if (!Files.isRegularFile(database)) {
        throw Problem.of(Problem.Code.NOT_FOUND, "there is no file %s".formatted(file),
            "The path begins below the folder for exports of this installation.").asException();
      }
      var settings = new SQLiteConfig();
      settings.setReadOnly(true);
      settings.setBusyTimeout(WAIT_MILLIS);
      var source = new SQLiteDataSource(settings);
      source.setUrl("jdbc:sqlite:" + database);
      return source.getConnection();
    });
  }
}
