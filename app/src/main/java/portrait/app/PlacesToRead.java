package portrait.app;

import java.util.Optional;
import portrait.foundation.files.FileStore;
import portrait.foundation.places.Places;
import portrait.foundation.records.RecordStore;
import portrait.foundation.records.RecordStores;
import portrait.stages.sources.Sources;

/// What sources read through connections: files in places, records of other systems.
record PlacesToRead(Places places, RecordStores stores) implements Sources.Connected {

  @Override
  public FileStore open(String connection) {
    return places.open(connection);
  }

  @Override
  public Optional<RecordStore> records(String connection) {
    return stores.open(connection);
  }
}
