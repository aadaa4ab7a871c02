package portrait.foundation.jobs;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;

/// One run of a job at one moment.
///
/// @param name the kind of job, of which one may run at a time: `refresh`
/// @param by who started it
/// @param tasks in the order of the graph
public record Job(JobId id, String name, String title, Status status, Instant startedAt, @Nullable Instant endedAt,
    String by, List<TaskState> tasks) {

  public Job {
    tasks = List.copyOf(tasks);
  }

  /// The first problem of its tasks.
  public Optional<Problem> problem() {
    return tasks.stream().map(TaskState::problem).filter(Objects::nonNull).findFirst();
  }
}
