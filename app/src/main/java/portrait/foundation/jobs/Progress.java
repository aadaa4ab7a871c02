package portrait.foundation.jobs;

import portrait.foundation.model.Problem;

/// What a task tells about itself while it works. Every method throws `cancelled` once the job was cancelled, so a task
/// that reports each slice of its work ends within seconds.
public interface Progress {

  /// That many rows are to be done, on top of what was expected before.
  void expect(long rows);

  /// That many more rows are done.
  void done(long rows);

  /// What a person should know about this task, in one line; the last note stays.
  void note(String text);

  /// One of several items failed and keeps its last good state, while the task goes on with the others. The task ends as
  /// failed, with the words of all of these problems; the tasks after it run all the same.
  void failed(Problem item);

  /// Only asks whether to go on.
  void check();

  /// For work that nobody watches and nobody cancels.
  static Progress silent() {
    return new Progress() {
      @Override
      public void expect(long rows) {}

      @Override
      public void done(long rows) {}

      @Override
      public void note(String text) {}

      @Override
      public void failed(Problem item) {}

      @Override
      public void check() {}
    };
  }
}
