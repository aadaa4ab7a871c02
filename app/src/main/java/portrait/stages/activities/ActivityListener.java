package portrait.stages.activities;

import java.util.List;
import portrait.stages.events.Event;

/// Hears which activities are new, changed or gone since the last run, in slices.
public interface ActivityListener {

  /// New and changed activities of one source table.
  void changed(String table, List<Event> activities);

  /// Ids of activities of one source table that are no longer there.
  void gone(String table, List<String> ids);
}
