package portrait.stages.events;

import java.nio.file.Path;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.database.TestDatabases;

class EventsOnSqliteTest extends EventsContract {

  @Override
  DatabaseSettings settings(Path folder) {
    return TestDatabases.sqlite(folder);
  }
}
