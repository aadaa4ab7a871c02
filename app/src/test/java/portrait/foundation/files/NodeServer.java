package portrait.foundation.files;

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

/// A server of the npm registry, in exactly the versions of its lock file, installed under `target`.
final class NodeServer {

  private static final Path DECLARED = Path.of("src/test/node/azurite");
  private static final Path INSTALLED = Path.of("target/counterparts/azurite").toAbsolutePath();
  private static final Pattern NO_NETWORK = Pattern.compile("ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENETUNREACH");

  private NodeServer() {}

  /// Installs it when it is not there yet; aborts the test where that cannot be.
  ///
  /// @return the script to run with `node`
  static synchronized Path azurite() {
    assumeTrue(isInPath("node") && isInPath("npm"), "Node is missing: Azurite needs node and npm");
    try {
      Files.createDirectories(INSTALLED);
      var lock = INSTALLED.resolve("package-lock.json");
      boolean isDone = Files.exists(INSTALLED.resolve("node_modules/.package-lock.json")) && Files.exists(lock)
          && Files.mismatch(lock, DECLARED.resolve("package-lock.json")) < 0;
      if (!isDone) {
        for (String file : List.of("package.json", "package-lock.json")) {
          Files.copy(DECLARED.resolve(file), INSTALLED.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        var npm = new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
            .directory(INSTALLED.toFile()).redirectErrorStream(true).start();
        String said = new String(npm.getInputStream().readAllBytes());
        if (npm.waitFor() != 0 && NO_NETWORK.matcher(said).find()) {
          abort("the package registry is out of reach, so Azurite cannot be installed");
        }
        assertEquals(0, npm.exitValue(), said);
      }
      return INSTALLED.resolve("node_modules/azurite/dist/src/blob/main.js");
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
}
