package portrait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// The public libraries of the npm registry, in exactly the versions of the lock file, installed under `target`.
final class NodeLibraries {

  private static final Path DECLARED = Path.of("src/test/node");
  private static final Path INSTALLED = Path.of("target/node");
  private static final Pattern NO_NETWORK = Pattern.compile("ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENETUNREACH");

  /// Installs them when they are not there yet; aborts the test where that cannot be.
  ///
  /// @return the folder of the scripts, with `node_modules` in it
  static synchronized Path installed() {
    assumeTrue(isInPath("node") && isInPath("npm"), "Node is missing: the tests of its libraries need node and npm");
    try {
      Files.createDirectories(INSTALLED);
      var lock = INSTALLED.resolve("package-lock.json");
      boolean isDone = Files.exists(INSTALLED.resolve("node_modules/.package-lock.json")) && Files.exists(lock)
          && Files.mismatch(lock, DECLARED.resolve("package-lock.json")) < 0;
      for (String file : List.of("package.json", "package-lock.json", "send.js", "read.js")) {
        Files.copy(DECLARED.resolve(file), INSTALLED.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
      if (!isDone) {
        var npm = run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        if (npm.code() != 0 && NO_NETWORK.matcher(npm.text()).find()) {
          abort("the package registry is out of reach, so the libraries of Node cannot be installed");
        }
        assertEquals(0, npm.code(), npm.text());
      }
      return INSTALLED;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// Runs a command among the scripts, to its end.
  static Ended run(String... command) {
    try {
      var process = new ProcessBuilder(command).directory(INSTALLED.toFile()).redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes());
      return new Ended(process.waitFor(), text);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  private static boolean isInPath(String command) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).map(Path::of)
        .anyMatch(folder -> Files.isExecutable(folder.resolve(command)));
  }

  private NodeLibraries() {}

  /// @param text what it said on both of its outputs
  record Ended(int code, String text) {}
}
