package portrait.doors.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// How far long work is, on standard error: a bar for the step at work on a terminal, a line when a step begins and
/// ends elsewhere.
abstract sealed class Progress implements AutoCloseable {

  static Progress on(PrintWriter err) {
    var console = System.console();
    return console != null && console.isTerminal() ? new Bar() : new Lines(err);
  }

  /// Tells where a step is.
  ///
  /// @param rowsExpected 0 while unknown
  abstract void show(String step, long rowsDone, long rowsExpected);

  /// Says that a step has ended.
  abstract void ended(String step, String how);

  @Override
  public abstract void close();

  private static final class Bar extends Progress {

    private static final Duration REDRAW = Duration.ofMillis(200);
    private static final int STEP_LENGTH = 22;

    private String step = "";
    private @Nullable ProgressBar bar;

    @Override
    void show(String step, long rowsDone, long rowsExpected) {
      if (!step.equals(this.step)) {
        close();
        this.step = step;
      }
      if (bar == null) {
        bar = new ProgressBarBuilder().setTaskName(("%-" + STEP_LENGTH + "s").formatted(step)).setInitialMax(-1)
            .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis((int) REDRAW.toMillis())
            .setConsumer(new ConsoleProgressBarConsumer(System.err)).build();
      }
      bar.maxHint(rowsExpected > 0 ? Math.max(rowsExpected, rowsDone) : -1);
      bar.stepTo(rowsDone);
    }

    @Override
    void ended(String step, String how) {
      if (step.equals(this.step) && bar != null) {
        bar.setExtraMessage(how);
      }
      close();
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
        bar = null;
      }
      step = "";
    }
  }

  private static final class Lines extends Progress {

    private final PrintWriter err;
    private final Map<String, Long> begun = new LinkedHashMap<>();
    private String last = "";

    Lines(PrintWriter err) {
      this.err = err;
    }

    @Override
    void show(String step, long rowsDone, long rowsExpected) {
      if (begun.put(step, rowsDone) == null) {
        close();
        err.println(step + " ...");
        err.flush();
      }
      last = step;
    }

    @Override
    void ended(String step, String how) {
      long rows = begun.getOrDefault(step, 0L);
      err.println(rows > 0 ? "%s: %s, %,d rows".formatted(step, how, rows) : "%s: %s".formatted(step, how));
      err.flush();
      last = "";
    }

    @Override
    public void close() {
      if (!last.isEmpty()) {
        ended(last, "done");
      }
    }
  }
}
