package portrait.foundation.connections;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;

/// A command that prints the key of the vault: how a vault elsewhere is asked, whichever it is. The shell runs it as
/// whoever runs the server. It is asked once, when the key is needed first.
final class KeyCommand {

  private static final String SETTING = "vault_key_command";
  private static final int KEY_BYTES_MAX = 4_096;

  private final String command;
  private final Duration patience;

  /// @param patience how long it may take
  KeyCommand(String command, Duration patience) {
    this.command = command;
    this.patience = patience;
  }

  /// What it prints. Neither that nor what it complains about is shown: both may hold secrets.
  ///
  /// @throws ProblemException `store_failed` when it cannot be run, fails, or takes too long; `invalid_setting` when
  ///   it prints no key
  VaultKey ask() {
    try {
      var process = new ProcessBuilder("/bin/sh", "-c", command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try {
        process.getOutputStream().close();
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
          throw failed("did not end within %d seconds".formatted(patience.toSeconds())).asException();
        }
        if (process.exitValue() != 0) {
          throw failed("ended with the exit code %d".formatted(process.exitValue())).asException();
        }
        byte[] printed = process.getInputStream().readNBytes(KEY_BYTES_MAX);
        return VaultKey.of(Secret.of(new String(printed, StandardCharsets.UTF_8)), SETTING);
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (IOException failure) {
      throw new ProblemException(failed("cannot be run"), failure);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new ProblemException(
          Problem.of(Problem.Code.CANCELLED, "cancelled while the key of the vault was asked for"),
          stopped);
    }
  }

  private static Problem failed(String how) {
    return Problem.of(Problem.Code.STORE_FAILED, "the command that prints the key of the vault " + how,
        "Run the setting %s by hand, as the user that runs the server; then start the server again."
            .formatted(SETTING));
  }
}
