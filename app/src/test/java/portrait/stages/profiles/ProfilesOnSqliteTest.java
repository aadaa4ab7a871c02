package portrait.stages.profiles;

import java.nio.file.Path;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.database.TestDatabases;

class ProfilesOnSqliteTest extends ProfilesContract {

  @Override
  DatabaseSettings settings(Path folder) {
    return TestDatabases.sqlite(folder);
  }
}
