package portrait.doors.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// The terminal that a person sits at.
final class Terminal {

  private static final int WIDTH_USUAL = 80;

  private Terminal() {}

  /// How many columns it has: asked of `stty`, for Java cannot say.
  static int width() {
    try {
      var stty = new ProcessBuilder("stty", "size").redirectInput(Redirect.INHERIT).redirectError(Redirect.DISCARD)
          .start();
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      return stty.waitFor(1, TimeUnit.SECONDS) && size.matches("[0-9]+ [1-9][0-9]{0,4}")
          ? Integer.parseInt(size.substring(size.indexOf(' ') + 1))
          : WIDTH_USUAL;
    } catch (IOException _) {
      return WIDTH_USUAL;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return WIDTH_USUAL;
    }
  }
}
