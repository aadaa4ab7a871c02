package portrait.app;

import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Wakes processes every other second: memberships that end by time alone end on time, changed settings are applied.
final class Ticker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);

  private static final int SECONDS = 2;

  private final ScheduledExecutorService thread = Executors
      .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("ticker").factory());

  /// @param work by what it is about, in the words of the log
  Ticker(Map<String, Runnable> work) {
    thread.scheduleWithFixedDelay(() -> work.forEach(Ticker::tick), SECONDS, SECONDS, TimeUnit.SECONDS);
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
    thread.close();
  }
}
