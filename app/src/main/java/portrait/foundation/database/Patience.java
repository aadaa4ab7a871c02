package portrait.foundation.database;

import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;

/// Waiting for work that has its own thread and ends by itself soon.
final class Patience {

  private Patience() {}

  /// Waits however often the caller is interrupted: to leave earlier would hide whether the work was done. An interrupt
  /// is kept for later.
  ///
  /// @param problem what is thrown for a checked exception of the work
  static <T> T await(Future<T> work, Function<Throwable, RuntimeException> problem) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return work.get();
        } catch (InterruptedException _) {
          interrupted = true;
        } catch (ExecutionException failed) {
          switch (Objects.requireNonNull(failed.getCause())) {
            case RuntimeException failure -> throw failure;
            case Error failure -> throw failure;
            case Throwable failure -> throw problem.apply(failure);
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
