package portrait.doors.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Progress for logs and pipes: a line when a step begins, and one when it ends.
final class ProgressLines extends Progress {

  private final PrintWriter err;
  private final String unit;
  private final Map<String, Long> atWork = new LinkedHashMap<>();

  ProgressLines(PrintWriter err, String unit) {
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
  void finished() {
    List.copyOf(atWork.keySet()).forEach(step -> ended(step, "done"));
  }

  @Override
  public void close() {
    err.flush();
  }
}
