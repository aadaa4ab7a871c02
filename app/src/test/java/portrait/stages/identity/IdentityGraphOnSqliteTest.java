package portrait.stages.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.database.TestDatabases;

class IdentityGraphOnSqliteTest extends IdentityGraphContract {

  @Override
  DatabaseSettings settings() {
    try {
      return TestDatabases.sqlite(Files.createTempDirectory(folder, "store"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
