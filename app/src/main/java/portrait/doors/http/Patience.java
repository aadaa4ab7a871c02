package portrait.doors.http;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Bounds what questions to the warehouse cost: how many run at once, for how long, and only while somebody waits for them.
///
/// A server hears that a caller is gone when it writes to them. So an answer that takes longer than a moment begins with
/// spaces, which JSON and HTML allow, one every half second; when one cannot be written, the question is cancelled: its
/// thread is interrupted, which ends what the warehouse does for it.
public final class Patience {

  private static final int TOGETHER_MAX = 2;
  private static final Duration QUIET = Duration.ofSeconds(2);
  private static final Duration BETWEEN_SPACES = Duration.ofMillis(500);

  private final Duration quiet;
  private final Duration most;
  private final Semaphore places = new Semaphore(TOGETHER_MAX, true);

  /// @param most how long a question may take, waiting for its turn included
  public Patience(Duration most) {
    this(most.compareTo(QUIET) < 0 ? most : QUIET, most);
  }

  /// @param quiet after which time an answer is begun before it is known
  Patience(Duration quiet, Duration most) {
    this.quiet = quiet;
    this.most = most;
  }

  /// Waits for a question, and gives up after the time limit.
  ///
  /// @throws ProblemException `too_busy` after the time limit
  public <T> T of(Callable<T> query) {
    var task = started(query);
    try {
      return result(task, most);
    } catch (TimeoutException _) {
      task.cancel(true);
      throw tooLong();
    }
  }

  /// The answer to a question; a long one is begun before it is known.
  ///
  /// @param begun has the headers of an answer that is begun early
  /// @param failed says what went wrong after that
  public Answer answer(Callable<Answer> query, Answer begun, Function<Problem, Answer> failed) {
    var task = started(query);
    try {
      return result(task, quiet);
    } catch (TimeoutException _) {
      return new Answer(200, begun.headers(), new Answer.Body.Streamed(out -> keepAlive(task, out, begun, failed)));
    }
  }

  private void keepAlive(FutureTask<Answer> task, OutputStream out, Answer begun, Function<Problem, Answer> failed)
      throws IOException {
    long deadline = System.nanoTime() + most.minus(quiet).toNanos();
    try {
      while (System.nanoTime() < deadline) {
        try {
          write(result(task, BETWEEN_SPACES), out);
          return;
        } catch (TimeoutException _) {
          out.write(' ');
          out.flush();
        }
      }
      throw tooLong();
    } catch (ProblemException failure) {
      write(failed.apply(failure.problem()), out);
      if (!isPage(begun)) {
        // The status is sent already, so the answer is left incomplete: no program takes it for a good one.
        throw new IOException("the query failed after its answer had begun", failure);
      }
    } finally {
      task.cancel(true);
    }
  }

  private static void write(Answer answer, OutputStream out) throws IOException {
    switch (answer.body()) {
      case Answer.Body.Whole(var bytes) -> out.write(bytes);
      case Answer.Body.Streamed(var writer) -> writer.write(out);
    }
    out.flush();
  }

  /// Whether a person reads it, who sees what went wrong.
  private static boolean isPage(Answer begun) {
    return begun.headers().getOrDefault("Content-Type", "").startsWith("text/html");
  }

  private <T> FutureTask<T> started(Callable<T> query) {
    var task = new FutureTask<>(() -> {
      places.acquire();
      try {
        return query.call();
      } finally {
        places.release();
      }
    });
    Thread.ofVirtual().name("question").start(task);
    return task;
  }

  private static <T> T result(FutureTask<T> task, Duration most) throws TimeoutException {
    try {
      return task.get(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException asked) {
      task.cancel(true);
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "cancelled while the query ran"), asked);
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(failed.getCause());
      }
    }
  }

  private ProblemException tooLong() {
    return Problem.of(Problem.Code.TOO_BUSY, "the query took longer than %d seconds".formatted(most.toSeconds()),
        "Narrow it, or ask for fewer columns and rows; the limit is the setting query_seconds.").asException();
  }
}
