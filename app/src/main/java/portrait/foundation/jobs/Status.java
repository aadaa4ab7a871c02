package portrait.foundation.jobs;

import java.util.Locale;

/// Where a job or one of its tasks stands.
public enum Status {
  /** It waits for the tasks before it, or for a free place. */
  QUEUED,
  /** It works. */
  RUNNING,
  /** It ended well. */
  DONE,
  /** It ended with a problem. */
  FAILED,
  /** Somebody stopped it. */
  CANCELLED,
  /** It was not run, because something it depends on failed or was not run. */
  SKIPPED;

  /// Whether nothing more will happen.
  public boolean isEnd() {
    return this != QUEUED && this != RUNNING;
  }

  /// The status as it is written in answers: `running`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
