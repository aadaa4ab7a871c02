package portrait.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;

/// Nothing of an instance that was closed stays behind in the process.
class ClosedTest {

  @TempDir
  Path home;

  @Test
  void whatIsClosedIsGarbage() {
    var closed = openedAndClosed();
    // Each round makes the collector's work harder, so that it cannot put it off for ever.
    var ballast = new java.util.ArrayList<byte[]>();
    for (int round = 0; round < 50 && closed.get() != null; round++) {
      System.gc();
      ballast.add(new byte[1 << 20]);
    }
    assertTrue(closed.get() == null, "something still holds the instance after %d MB".formatted(ballast.size()));
  }

  private WeakReference<Wiring> openedAndClosed() {
    try (var portrait = TestPortrait.in(home)) {
      String metrics = portrait.exchange("GET", "/metrics", "").body();
      assertTrue(metrics.contains("jvm_memory_used_bytes"), metrics);
      return new WeakReference<>(portrait.parts());
    }
  }
}
