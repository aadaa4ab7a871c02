package portrait.doors.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// How far long work is, on standard error: a bar for the step at work on a terminal, a line when a step begins and
/// ends elsewhere.
abstract sealed class Progress implements AutoCloseable {

  private String inTurn = "";

  /// @param unit what is counted: `rows`, `bytes`
  static Progress on(PrintWriter err, String unit) {
    var console = System.console();
    return console != null && console.isTerminal() ? new Bar() : new Lines(err, unit);
  }

  /// Tells where a step is; others may be at work beside it.
  ///
  /// @param expected 0 while unknown
  abstract void show(String step, long done, long expected);

  /// Tells where a step is, and that the one shown before has ended when it was another.
  final void showInTurn(String step, long done, long expected) {
    if (!step.equals(inTurn)) {
      if (!inTurn.isEmpty()) {
        ended(inTurn, "done");
      }
      inTurn = step;
    }
    show(step, done, expected);
  }

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
    void show(String step, long done, long expected) {
      if (!step.equals(this.step)) {
        close();
        this.step = step;
      }
      if (bar == null) {
        bar = new ProgressBarBuilder().setTaskName(("%-" + STEP_LENGTH + "s").formatted(step)).setInitialMax(-1)
            .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis((int) REDRAW.toMillis())
            .setConsumer(new ConsoleProgressBarConsumer(System.err)).build();
      }
      bar.maxHint(expected > 0 ? Math.max(expected, done) : -1);
      bar.stepTo(done);
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
    private final String unit;
    private final Map<String, Long> atWork = new LinkedHashMap<>();

    Lines(PrintWriter err, String unit) {
      this.err = err;
      this.unit = unit;
    }

    @Override
    void show(String step, long done, long expected) {
      if (atWork.put(step, done) == null) {
        err.println(step + " ...");
        err.flush();
      }
    }

    @Override
    void ended(String step, String how) {
      long done = Objects.requireNonNullElse(atWork.remove(step), 0L);
      err.println(done > 0 ? "%s: %s, %,d %s".formatted(step, how, done, unit) : "%s: %s".formatted(step, how));
      err.flush();
    }

    @Override
    public void close() {
      List.copyOf(atWork.keySet()).forEach(step -> ended(step, "done"));
    }
  }
}
