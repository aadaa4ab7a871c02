package portrait.doors.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// Progress for a person at a terminal: what has ended stays as a line, what is at work moves on the last line.
final class ProgressBar extends Progress {

  private static final Duration BETWEEN_PAINTS = Duration.ofMillis(100);
  private static final int BAR_LENGTH_MAX = 40;
  private static final int BAR_LENGTH_MIN = 8;
  private static final String LINE_START = "\r";
  private static final String ERASE_TO_END = "\u001b[K";

  private final PrintWriter err;
  private final int width;
  private final String unit;
  private final LongSupplier nanos;
  private final Map<String, Step> atWork = new LinkedHashMap<>();
  private long paintedAt = Long.MIN_VALUE;

  /// @param width columns of the terminal
  /// @param nanos a clock that only goes forward
  ProgressBar(PrintWriter err, int width, String unit, LongSupplier nanos) {
    this.err = err;
    this.width = width;
    this.unit = unit;
    this.nanos = nanos;
  }

  private record Step(long done, long expected, long since) {}

  @Override
  void show(String step, long done, long expected) {
    long now = nanos.getAsLong();
    var before = atWork.get(step);
    atWork.put(step,
        new Step(done, Math.max(expected, expected > 0 ? done : 0), before == null ? now : before.since()));
    if (before == null || now - paintedAt >= BETWEEN_PAINTS.toNanos()) {
      paint(now);
    }
  }

  @Override
  void ended(String name, String how) {
    long now = nanos.getAsLong();
    var step = atWork.remove(name);
    String took = step == null || now - step.since() < 1_000_000_000L ? "" : " · " + length(now - step.since());
    String count = step == null || step.done() == 0 || how.contains("(") ? "" : ", %,d %s".formatted(step.done(), unit);
    err.print(LINE_START + name + ": " + how + count + took + ERASE_TO_END + System.lineSeparator());
    paint(now);
  }

  @Override
  void finished() {
    List.copyOf(atWork.keySet()).forEach(step -> ended(step, "done"));
  }

  @Override
  public void close() {
    err.print(LINE_START + ERASE_TO_END);
    err.flush();
  }

  /// The step that has been at work longest, and how many others there are.
  private void paint(long now) {
    paintedAt = now;
    var line = new StringBuilder();
    atWork.entrySet().stream().findFirst().ifPresent(first -> {
      String others = atWork.size() > 1 ? " (+%d)".formatted(atWork.size() - 1) : "";
      line.append(line(first.getKey() + others, first.getValue(), now));
    });
    err.print(LINE_START + line.substring(0, Math.min(line.length(), Math.max(0, width - 1))) + ERASE_TO_END);
    err.flush();
  }

  private String line(String title, Step step, long now) {
    if (step.expected() == 0) {
      String moving = step.done() > 0 ? "%s  %,d %s".formatted(title, step.done(), unit) : title + " ...";
      return now - step.since() < 2_000_000_000L ? moving : moving + "  " + length(now - step.since());
    }
    String figures = "%3d %%  %,d of %,d%s".formatted(100 * step.done() / step.expected(), step.done(), step.expected(),
        left(step, now));
    int room = Math.min(BAR_LENGTH_MAX, width - 1 - title.length() - figures.length() - 5);
    if (room < BAR_LENGTH_MIN) {
      return title + "  " + figures.strip();
    }
    int filled = (int) (room * step.done() / step.expected());
    return "%s  [%s%s] %s".formatted(title, "=".repeat(filled), " ".repeat(room - filled), figures);
  }

  /// How long it will take at the pace so far; not said in the first second, when it would be a guess.
  private static String left(Step step, long now) {
    long spent = now - step.since();
    if (step.done() == 0 || step.done() >= step.expected() || spent < 1_000_000_000L) {
      return "";
    }
    return "  %s left".formatted(length((long) ((double) spent / step.done() * (step.expected() - step.done()))));
  }

  private static String length(long nanos) {
    var length = Duration.ofNanos(nanos);
    return length.toMinutes() < 1 ? "%d s".formatted(Math.max(1, length.toSeconds()))
        : "%d min %d s".formatted(length.toMinutes(), length.toSecondsPart());
  }
}
