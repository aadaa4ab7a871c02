package portrait.foundation.warehouse;

import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;

/// Whether a transaction was asked to stop, and the statement that must hear of it. Both are guarded together:
/// otherwise a statement that starts just after the request would run to its end.
final class Cancellation {

  private boolean cancelled;
  private @Nullable Statement running;

  /// Ends the running statement and every later one; called from another thread.
  synchronized void cancel() {
    cancelled = true;
    if (running != null) {
      try {
        running.cancel();
      } catch (SQLException _) {
        // It ended by itself in the meantime.
      }
    }
  }

  synchronized boolean isCancelled() {
    return cancelled;
  }

  synchronized void check() {
    if (cancelled) {
      throw problem().asException();
    }
  }

  synchronized void starts(Statement statement) {
    check();
    running = statement;
  }

  synchronized void ended() {
    running = null;
  }

  static Problem problem() {
    return Problem.of(Problem.Code.CANCELLED, "cancelled while the warehouse was working");
  }
}
