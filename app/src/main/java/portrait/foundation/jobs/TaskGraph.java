package portrait.foundation.jobs;

import java.util.HashSet;
import java.util.List;

/// The work of one job: tasks, each of which waits for the tasks it depends on. Tasks that do not depend on each other
/// run side by side.
///
/// @param tasks a task may depend only on tasks listed before it, so a graph cannot have a circle
public record TaskGraph(List<Task> tasks) {

  public TaskGraph {
    tasks = List.copyOf(tasks);
    var before = new HashSet<String>();
    for (var task : tasks) {
      for (String needed : task.after()) {
        if (!before.contains(needed)) {
          throw new IllegalArgumentException(
              "task '%s' is after '%s', which is not listed before it".formatted(task.name(), needed));
        }
      }
      if (!before.add(task.name())) {
        throw new IllegalArgumentException("two tasks are named '%s'".formatted(task.name()));
      }
    }
  }

  public static TaskGraph of(Task... tasks) {
    return new TaskGraph(List.of(tasks));
  }

  /// @param name short and stable, for example `unification`
  /// @param title for people
  /// @param after the tasks that must be done before this one starts
  public record Task(String name, String title, List<String> after, Work work) {

    public Task {
      after = List.copyOf(after);
    }
  }

  /// What a task does, on a virtual thread of its own.
  @FunctionalInterface
  public interface Work {

    /// Does the work, all of it or none: a task that fails or is cancelled leaves the state from before.
    ///
    /// @throws InterruptedException when the job was cancelled
    void run(Progress progress) throws InterruptedException;
  }
}
