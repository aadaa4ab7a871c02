package portrait.doors.cli;

import java.io.PrintWriter;

/// How far long work is, on standard error: one moving line on a terminal, a line when a step begins and ends elsewhere.
abstract sealed class Progress implements AutoCloseable permits ProgressBar, ProgressLines {

  private String inTurn = "";

  /// @param unit what is counted: `rows`, `bytes`
  static Progress on(PrintWriter err, String unit) {
    var console = System.console();
    boolean canMove = console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
    return canMove ? new ProgressBar(err, Terminal.width(), unit, System::nanoTime) : new ProgressLines(err, unit);
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

  /// Says that every step still at work has ended well.
  abstract void finished();

  /// Leaves a clean line behind, and claims nothing of steps that did not end.
  @Override
  public abstract void close();
}
