package portrait.stages.unification;

import java.util.List;
import portrait.foundation.model.Identity;

/// Hears which rows of the unified tables are new, changed or gone since the last run, in slices.
public interface RecordListener {

  /// New and changed rows of one table.
  void changed(String table, List<SourceRecord> records);

  /// Keys of rows of one table that are no longer there.
  void gone(String table, List<Identity> keys);
}
