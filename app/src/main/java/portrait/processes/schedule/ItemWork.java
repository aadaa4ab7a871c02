package portrait.processes.schedule;

import portrait.foundation.jobs.Progress;

/// How items of one kind of definition are brought up to date by themselves.
public interface ItemWork {

  /// The kind: `Segment`.
  String kind();

  /// Whether a refresh does the same, so that nothing is left to do when one runs at that time.
  boolean isPartOfRefresh();

  /// Brings the items of one job up to date.
  ///
  /// @return does one of them, in the order in which they build on each other; made once for all of a job
  Run begin();

  /// The work of one job.
  interface Run {

    /// @throws InterruptedException when the job was cancelled
    void item(String name, Progress progress) throws InterruptedException;
  }
}
