package portrait.processes.schedule;

import portrait.foundation.jobs.Progress;
import portrait.processes.rollout.Rollout;

/// Measures or segments: computed anew for lists and queries, and published where that concerns somebody. They are live
/// anyway.
///
/// @param then what follows each of them
public record RecomputedItems(String kind, Rollout rollout, Run then) implements ItemWork {

  @Override
  public boolean isPartOfRefresh() {
    return true;
  }

  @Override
  public Run begin() {
    return (String name, Progress progress) -> {
      rollout.recompute(kind + "/" + name, progress);
      then.item(name, progress);
    };
  }
}
