package portrait.processes.live;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import portrait.foundation.model.Problem;
import portrait.processes.live.Commit.Answer;
import portrait.processes.live.Waiting.Entry;
import portrait.stages.events.Collected;

/// The queue before the one writer. While a commit is on its way messages gather, and the next commit takes all of
/// them: the busier the server, the larger its groups, and no timer is needed.
///
/// The queue is bounded by messages and by memory. When it is full a caller is told to come back; nothing that was
/// acknowledged is ever lost, because the acknowledgement comes after the commit.
final class Intake implements AutoCloseable {

  /** Beyond this, groups hardly get cheaper, but everybody in them waits longer. */
  static final int GROUP_MAX = 512;
  private static final int MESSAGES_MAX = 8_192;
  private static final int MEMORY_KIB_MAX = 64 * 1024;
  private static final int RETRY_AFTER_SECONDS = 2;

  private final LinkedBlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
  private final Semaphore room = new Semaphore(MESSAGES_MAX);
  private final Semaphore memory = new Semaphore(MEMORY_KIB_MAX);
  private final Commit commit;
  private final LinkedBlockingQueue<Applied> applied = new LinkedBlockingQueue<>();
  private final Thread writer;
  private final Thread acknowledger;
  private volatile boolean isClosed;

  Intake(Commit commit) {
    this.commit = commit;
    this.writer = Thread.ofPlatform().daemon().name("live-writer").start(this::write);
    this.acknowledger = Thread.ofPlatform().daemon().name("live-acknowledger").start(this::acknowledge);
  }

  /// A group that the writer is done with; its last one has nobody in it.
  private record Applied(List<Entry> group, List<Answer> answers) {}

  Receipt receive(List<Collected> messages) {
    if (messages.isEmpty()) {
      return new Receipt(0, 0, 0);
    }
    if (isClosed) {
      throw busy("Portrait is shutting down");
    }
    var entries = Waiting.entries(messages);
    int kib = entries.stream().mapToInt(Intake::kib).sum();
    if (messages.size() > MESSAGES_MAX || kib > MEMORY_KIB_MAX) {
      throw Problem.of(Problem.Code.TOO_LARGE,
          "%,d messages of %,d KiB, with what their batch says for each, came at once but at most %,d of %,d KiB fit"
              .formatted(messages.size(), kib, MESSAGES_MAX, MEMORY_KIB_MAX),
          "Send them in smaller parts.").asException();
    }
    if (!room.tryAcquire(entries.size())) {
      throw busy("%,d messages are waiting already".formatted(queue.size()));
    }
    if (!memory.tryAcquire(kib)) {
      room.release(entries.size());
      throw busy("%,d messages with too much data are waiting already".formatted(queue.size()));
    }
    queue.addAll(entries);
    return entries.getFirst().request().await();
  }

  private static int kib(Entry entry) {
    return 1 + entry.message().size() / 1024;
  }

  private static RuntimeException busy(String why) {
    return Problem.of(Problem.Code.TOO_BUSY, why, "Send the same messages again a little later.")
        .with("retryAfterSeconds", RETRY_AFTER_SECONDS).asException();
  }

  private void write() {
    var group = new ArrayList<Entry>(GROUP_MAX);
    while (!isClosed || !queue.isEmpty()) {
      try {
        group.add(queue.take());
      } catch (InterruptedException _) {
        continue;
      }
      queue.drainTo(group, GROUP_MAX - 1);
      var whole = List.copyOf(group);
      group.clear();
      applied.add(new Applied(whole, commit.group(whole)));
    }
    applied.add(new Applied(List.of(), List.of()));
  }

  /// While the disk forces what was applied, the writer applies the next group. Groups that come meanwhile share the
  /// next force.
  private void acknowledge() {
    var groups = new ArrayList<Applied>();
    boolean isLast = false;
    while (!isLast) {
      try {
        groups.add(applied.take());
      } catch (InterruptedException _) {
        continue;
      }
      applied.drainTo(groups);
      commit.acknowledge(groups.stream().flatMap(each -> each.answers().stream()).toList());
      for (var each : groups) {
        room.release(each.group().size());
        memory.release(each.group().stream().mapToInt(Intake::kib).sum());
        isLast |= each.group().isEmpty();
      }
      groups.clear();
    }
  }

  /// How many messages wait.
  int depth() {
    return queue.size();
  }

  /// Writes what waits, then ends.
  @Override
  public void close() {
    isClosed = true;
    writer.interrupt();
    try {
      writer.join();
      acknowledger.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
