package portrait.processes.schedule;

import portrait.foundation.jobs.Progress;
import portrait.stages.enrichments.Enrichments;

/// Enrichments: only what changed is asked. One that is scheduled by itself runs with refreshes, too, unless it is off.
public record EnrichedItems(Enrichments enrichments) implements ItemWork {

  @Override
  public String kind() {
    return Enrichments.KIND.name();
  }

  @Override
  public boolean isPartOfRefresh() {
    return false;
  }

  @Override
  public Run begin() {
    return (String name, Progress progress) -> enrichments.run(name, progress, "Schedule");
  }
}
