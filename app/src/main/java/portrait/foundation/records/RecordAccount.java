package portrait.foundation.records;

import java.nio.file.Path;

/// The settings of a connection to a system that gives records.
interface RecordAccount {

  /// Opens the system; whether it answers is seen when it is read.
  ///
  /// @param folder under which folders of this machine lie
  RecordStore open(Path folder);
}
