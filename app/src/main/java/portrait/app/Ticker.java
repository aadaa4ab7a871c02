package portrait.app;

import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.processes.live.Live;

/// Wakes the live process every other second, so that memberships that end by time alone end on time.
final class Ticker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);

  private static final int SECONDS = 2;

  private final ScheduledExecutorService thread = Executors
      .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("ticker").factory());

  Ticker(Live live, Clock clock) {
    thread.scheduleWithFixedDelay(() -> tick(live, clock), SECONDS, SECONDS, TimeUnit.SECONDS);
  }

  /// A tick that fails must not be the last: the executor would drop the schedule.
  private static void tick(Live live, Clock clock) {
    try {
      live.tick(clock.instant());
    } catch (RuntimeException failure) {
      LOG.error("looking for memberships that end by time failed; it will be tried again", failure);
    }
  }

  @Override
  public void close() {
    thread.close();
  }
}
