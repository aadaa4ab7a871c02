package portrait.processes.schedule;

import java.time.Instant;
import java.util.Optional;
import portrait.foundation.jobs.JobId;

/// What became of one planned moment.
///
/// @param plannedAt when it was due; when somebody asked, where it was not planned
/// @param job that ran; empty when there was none
public record ScheduledRun(String schedule, Instant plannedAt, Instant handledAt, Outcome outcome,
    Optional<JobId> job) {

  /// How a planned moment was dealt with.
  public enum Outcome {
    /** A job was started for it. */
    STARTED,
    /** A job that had just been started does the same. */
    JOINED,
    /** Portrait was down then, and the schedule does not make up for that. */
    MISSED
  }
}
