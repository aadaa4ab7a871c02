package portrait.foundation.jobs;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;

/// One task of a run under way. Its fields are changed by the task's own thread and read by others.
final class TaskRun implements Progress {

  private static final int FAILURES_TOLD_MAX = 20;

  final TaskGraph.Task task;
  /// Completed with what the task ended as for the tasks after it: done also when only items of it failed. Those after it wait for this.
  final CompletableFuture<Status> end = new CompletableFuture<>();

  private final JobRun run;
  private Status status = Status.QUEUED;
  private long rowsDone;
  private long rowsExpected;
  private @Nullable Instant startedAt;
  private @Nullable Instant endedAt;
  private String note = "";
  private @Nullable Problem problem;
  private final List<Problem> failures = new ArrayList<>();

  TaskRun(TaskGraph.Task task, JobRun run) {
    this.task = task;
    this.run = run;
  }

  synchronized void start(Instant now) {
    status = Status.RUNNING;
    startedAt = now;
  }

  synchronized void end(Status how, @Nullable Problem why, Instant now) {
    status = how;
    problem = why;
    endedAt = startedAt == null ? null : now;
  }

  synchronized TaskState state() {
    return new TaskState(task.name(), task.title(), status, rowsDone, rowsExpected, startedAt, endedAt, note, problem);
  }

  @Override
  public void expect(long rows) {
    check();
    synchronized (this) {
      rowsExpected += rows;
    }
    run.moved();
  }

  @Override
  public void done(long rows) {
    check();
    synchronized (this) {
      rowsDone += rows;
    }
    run.moved();
  }

  @Override
  public void note(String text) {
    check();
    synchronized (this) {
      note = text;
    }
    run.moved();
  }

  @Override
  public void failed(Problem item) {
    check();
    synchronized (this) {
      failures.add(item);
    }
  }

  /// What became of the items that failed, in one problem that names them; null when none did.
  synchronized @Nullable Problem failure() {
    if (failures.size() < 2) {
      return failures.isEmpty() ? null : failures.getFirst();
    }
    var first = failures.getFirst();
    int more = failures.size() - FAILURES_TOLD_MAX;
    return new Problem(first.code(), failures.stream().limit(FAILURES_TOLD_MAX).map(Problem::message)
        .collect(Collectors.joining("; ")) + (more > 0 ? " (and %d more failed)".formatted(more) : ""), first.hint(),
        first.details());
  }

  @Override
  public void check() {
    if (run.isCancelled()) {
      throw Problem.of(Problem.Code.CANCELLED, "task '%s' was cancelled".formatted(task.name())).asException();
    }
  }
}
