package portrait.stages.identity;

import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.database.TestDatabases;

class IdentityGraphOnPostgresTest extends IdentityGraphContract {

  @Override
  DatabaseSettings settings() {
    return TestDatabases.postgres();
  }
}
