package portrait.foundation.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where SQLite's driver unpacks its native library. It deletes the file when the process ends, but not when the process
/// is killed, and then nobody ever clears the system's folder for temporary files. So it goes into a folder beside the
/// store, where the next start clears it away.
final class NativeLibrary {

  private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);
  private static final String SETTING = "org.sqlite.tmpdir";

  private NativeLibrary() {}

  /// The library is loaded once, so the first store of a process decides.
  static synchronized void keepBeside(Path store) {
    if (System.getProperty(SETTING) != null) {
      return;
    }
    var folder = store.toAbsolutePath().resolveSibling("native");
    try {
      Files.createDirectories(folder);
      try (var left = Files.list(folder)) {
        for (var file : left.toList()) {
          Files.deleteIfExists(file);
        }
      }
      System.setProperty(SETTING, folder.toString());
    } catch (IOException failure) {
      LOG.warn("SQLite's native library goes into the system's temporary folder: {}", failure.getMessage());
    }
  }
}
