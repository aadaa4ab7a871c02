package portrait.doors.web;

import java.util.Optional;

/// Whether what is shown counts for everybody yet.
///
/// @param job that brings customers in line; empty when none is needed, or when it begins within seconds
public record RollingOut(boolean isWaiting, Optional<JobPage> job) {

  static final RollingOut DONE = new RollingOut(false, Optional.empty());
}
