package portrait.processes.live;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
  private @Nullable Problem failure;

  private Waiting(int messages) {
    this.open = new CountDownLatch(messages);
  }

  /// One message of a request, in the queue.
  record Entry(Collected message, Waiting request) {}

  /// What became of one message.
  enum Outcome {
    ACCEPTED, REPEATED, REFUSED
  }

  static List<Entry> entries(List<Collected> messages) {
    var request = new Waiting(messages.size());
    var entries = new ArrayList<Entry>(messages.size());
    messages.forEach(message -> entries.add(new Entry(message, request)));
    return entries;
  }

  /// Called by the writer, after the commit.
  void done(Outcome outcome) {
    switch (outcome) {
      case ACCEPTED -> accepted++;
      case REPEATED -> repeated++;
      case REFUSED -> refused++;
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
    return new Receipt(accepted, repeated, refused);
  }
}
