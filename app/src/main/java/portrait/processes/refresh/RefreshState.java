package portrait.processes.refresh;

import java.util.Map;
import java.util.Optional;
import portrait.foundation.jobs.Job;
import portrait.stages.profiles.ProfileCounts;

/// What the home page tells about the data.
///
/// @param lastRun the latest refresh, running or ended; empty before the first
/// @param customers how many there are now
/// @param activities rows of `UnifiedActivity` after the last refresh
/// @param unassigned rows that the last refresh could put on nobody's timeline
/// @param segments members of each segment now
public record RefreshState(Optional<Job> lastRun, ProfileCounts customers, long activities, long unassigned,
    Map<String, Long> segments) {

  public RefreshState {
    segments = Map.copyOf(segments);
  }
}
