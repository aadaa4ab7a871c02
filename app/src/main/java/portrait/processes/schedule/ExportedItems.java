package portrait.processes.schedule;

import portrait.foundation.jobs.Progress;
import portrait.stages.exports.Exports;

/// Exports: what changed is sent. One that is scheduled by itself goes out with refreshes, too, unless it is off.
public record ExportedItems(Exports exports) implements ItemWork {

  @Override
  public String kind() {
    return Exports.KIND.name();
  }

  @Override
  public boolean isPartOfRefresh() {
    return false;
  }

  @Override
  public Run begin() {
    return (String name, Progress progress) -> exports.run(name, false, progress, "Schedule");
  }
}
