package portrait.doors.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What a person at a terminal sees while long work goes on.
class ProgressBarTest {

  private final StringWriter written = new StringWriter();
  private final AtomicLong nanos = new AtomicLong();
  private final ProgressBar bar = new ProgressBar(new PrintWriter(written), 70, "rows", nanos::get);

  @Test
  void theLineMovesAndWhatHasEndedStays() {
    bar.show("Merge customers", 0, 0);
    assertEquals("Merge customers ...", lastLine());
    later(2);
    bar.show("Merge customers", 250, 1000);
    assertEquals("Merge customers  [=====               ]  25 %  250 of 1,000  6 s left", lastLine());
    later(6);
    bar.show("Merge customers", 1000, 1000);
    bar.ended("Merge customers", "done");
    bar.show("Publish", 3, 0);
    bar.close();
    assertEquals("""
        Merge customers: done, 1,000 rows · 8 s
        """, screen());
  }

  @Test
  void twoAtOnceShareTheLine() {
    bar.show("Merge customers", 1, 10);
    bar.show("Build timelines", 5, 10);
    assertTrue(lastLine().startsWith("Merge customers (+1)  ["), lastLine());
    bar.ended("Merge customers", "done (10 customers)");
    assertTrue(lastLine().startsWith("Build timelines  ["), lastLine());
    bar.finished();
    bar.close();
    assertEquals("""
        Merge customers: done (10 customers)
        Build timelines: done, 5 rows
        """, screen());
  }

  @Test
  void aNarrowTerminalIsNeverWrapped() {
    var narrow = new ProgressBar(new PrintWriter(written), 30, "rows", nanos::get);
    narrow.show("Match records and find customers", 5_000, 10_000);
    assertTrue(lastLine().length() < 30, lastLine());
  }

  private void later(int seconds) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  /// What stands on the line that moves.
  private String lastLine() {
    String all = written.toString();
    return all.substring(all.lastIndexOf('\r') + 1).replace("\u001b[K", "");
  }

  /// What is left on the screen: of each line, what was painted last.
  private String screen() {
    var screen = new StringBuilder();
    Arrays.stream(written.toString().split(System.lineSeparator(), -1)).forEach(line -> {
      String shown = line.substring(line.lastIndexOf('\r') + 1).replace("\u001b[K", "");
      screen.append(shown).append(shown.isEmpty() ? "" : "\n");
    });
    return screen.toString();
  }
}
