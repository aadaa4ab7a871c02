package portrait.stages.events;

import java.nio.file.Path;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.database.TestDatabases;

class EventsOnPostgresTest extends EventsContract {

  @Override
  DatabaseSettings settings(Path folder) {
    return TestDatabases.postgres();
  }
}
