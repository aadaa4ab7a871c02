package portrait.doors.web;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.Status;
import portrait.foundation.jobs.TaskState;

/// One job, task by task.
public record JobPage(Job job, Instant now) {

  private static final long SPAN = 1_000;
  private static final long SPAN_MIN = 4;

  public boolean isOver() {
    return job.status().isEnd();
  }

  public Duration took() {
    return Duration.between(job.startedAt(), Objects.requireNonNullElse(job.endedAt(), now));
  }

  /// What its people call it: a common job by a common word, else as it calls itself.
  public static String title(Job job, Messages text) {
    return job.tasks().size() == 1 ? text.of("job.only", text.orElse("job." + job.name(), job.title()),
        title(job, job.tasks().getFirst(), text)) : text.orElse("job." + job.name(), job.title());
  }

  public static String title(Job job, TaskState task, Messages text) {
    return text.orElse("task." + job.name() + "." + task.name(), task.title());
  }

  /// When a task of this job ran.
  ///
  /// @param from thousandths of the job's time that had passed when it began
  /// @param wide thousandths that it took; never so few that it cannot be seen
  public record Span(Duration after, Duration took, long from, long wide) {}

  /// When a task ran that is over; empty of one that never began.
  public Optional<Span> span(TaskState task) {
    if (task.startedAt() == null || task.endedAt() == null) {
      return Optional.empty();
    }
    var after = Duration.between(job.startedAt(), task.startedAt());
    var took = Duration.between(task.startedAt(), task.endedAt());
    long all = Math.max(1, took().toMillis());
    long wide = Math.clamp(SPAN * took.toMillis() / all, SPAN_MIN, SPAN);
    return Optional.of(new Span(after, took, Math.clamp(SPAN * after.toMillis() / all, 0, SPAN - wide), wide));
  }

  /// How far a task is, of 100; a task that cannot say counts as half way.
  public static int percent(TaskState task) {
    if (task.status().isEnd()) {
      return task.status() == Status.SKIPPED ? 0 : 100;
    }
    return task.rowsExpected() > 0 ? (int) Math.min(99, 100 * task.rowsDone() / task.rowsExpected()) : 50;
  }
}
