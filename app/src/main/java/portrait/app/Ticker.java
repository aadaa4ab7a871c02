package portrait.app;

import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Wakes processes every other second: memberships that end by time alone end on time, changed settings are applied.
/// Each has a thread of its own, so that one that waits for a slow system outside holds up none of the others.
final class Ticker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);

  private static final int SECONDS = 2;

  private final ScheduledExecutorService threads;

  /// @param work by what it is about, in the words of the log
  Ticker(Map<String, Runnable> work) {
    threads = Executors.newScheduledThreadPool(work.size(), Thread.ofPlatform().daemon().name("ticker-", 1).factory());
    work.forEach((name, each) -> threads.scheduleWithFixedDelay(() -> tick(name, each), SECONDS, SECONDS,
        TimeUnit.SECONDS));
  }

  /// A tick that fails must not be the last: the executor would drop the schedule.
  private static void tick(String name, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException failure) {
      LOG.error("looking after {} failed; it will be tried again", name, failure);
    }
  }

  @Override
  public void close() {
    threads.close();
  }
}
