package portrait.processes.live;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;
import portrait.stages.events.Collected;

/// A request that waits until all of its messages are durable.
final class Waiting {

  private final CountDownLatch open;
  private int accepted;
  private int repeated;
  private int refused;
  private final Map<Integer, Problem> objections = new TreeMap<>();
  private @Nullable Problem failure;

  private Waiting(int messages) {
    this.open = new CountDownLatch(messages);
  }

  /// One message of a request, in the queue.
  ///
  /// @param place among the messages of its request
  record Entry(Collected message, Waiting request, int place) {

    /// Called by the writer, after the commit.
    void done(Outcome outcome) {
      request.done(outcome, place);
    }
  }

  /// What became of one message.
  sealed interface Outcome {

    /// Taken in.
    record Accepted() implements Outcome {}

    /// Taken in before.
    record Repeated() implements Outcome {}

    /// Left out and nowhere kept, because it named somebody who must not come back.
    record Withheld() implements Outcome {}

    /// In the quarantine, for a reason that was known when it was read.
    record Refused() implements Outcome {}

    /// In the quarantine because it cannot be applied.
    record Objected(Problem reason) implements Outcome {}
  }

  static List<Entry> entries(List<Collected> messages) {
    var request = new Waiting(messages.size());
    var entries = new ArrayList<Entry>(messages.size());
    messages.forEach(message -> entries.add(new Entry(message, request, entries.size())));
    return entries;
  }

  private void done(Outcome outcome, int place) {
    switch (outcome) {
      case Outcome.Accepted _ -> accepted++;
      case Outcome.Repeated _ -> repeated++;
      case Outcome.Withheld _ -> {
        // Whoever sent it need not know: it would tell that somebody was erased.
      }
      case Outcome.Refused _ -> refused++;
      case Outcome.Objected(Problem reason) -> {
        refused++;
        objections.put(place, reason);
      }
    }
    open.countDown();
  }

  /// Called by the writer when a message could not be made durable; the client must send it again.
  void failed(Problem problem) {
    failure = problem;
    open.countDown();
  }

  Receipt await() {
    boolean interrupted = false;
    while (true) {
      try {
        open.await();
        break;
      } catch (InterruptedException _) {
        // The commit comes soon; leaving now would hide whether it happened.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Optional.ofNullable(failure).ifPresent(problem -> {
      throw problem.asException();
    });
    return new Receipt(accepted, repeated, refused, objections);
  }
}
