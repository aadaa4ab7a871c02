package portrait.doors.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import portrait.doors.http.Request.UploadedFile;
import portrait.foundation.model.Problem;

/// Files on their way in, kept on disk while they are read: they may be larger than memory.
public final class Uploads {

  private static final int NAME_LENGTH_MAX = 80;

  private final Path folder;

  /// @param folder made when absent
  public Uploads(Path folder) {
    this.folder = folder;
  }

  /// Files that come in pieces, beside the others.
  public ResumableUploads resumable(Clock clock) {
    return new ResumableUploads(folder, clock);
  }

  /// Writes the files down. Close what comes back to delete them.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_body` when there is none
  public Kept keep(List<UploadedFile> files) throws IOException {
    if (files.isEmpty()) {
      throw Problem.of(Problem.Code.INVALID_BODY, "no file was sent", "Choose a file to load.").asException();
    }
    Files.createDirectories(folder);
    var own = Files.createTempDirectory(folder, "upload-");
    var kept = new Kept(own, new ArrayList<>());
    try {
      for (var file : files) {
        var path = own.resolve("%d-%s".formatted(kept.files.size(), harmless(file.name())));
        kept.files.add(path);
        Files.copy(file.content(), path);
      }
      return kept;
    } catch (IOException | RuntimeException broken) {
      kept.close();
      throw broken;
    }
  }

  /// The ending says what is in a file; the rest of the name came from outside and must not lead anywhere.
  static String harmless(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._-]", "_").replace("..", "_");
    return safe.substring(Math.max(0, safe.length() - NAME_LENGTH_MAX));
  }

  /// Files on disk until closed.
  public static final class Kept implements AutoCloseable {

    private final Path folder;
    private final List<Path> files;

    private Kept(Path folder, List<Path> files) {
      this.folder = folder;
      this.files = files;
    }

    public List<Path> files() {
      return List.copyOf(files);
    }

    @Override
    public void close() {
      try {
        for (var file : files) {
          Files.deleteIfExists(file);
        }
        Files.deleteIfExists(folder);
      } catch (IOException stuck) {
        throw new UncheckedIOException("cannot delete an uploaded file", stuck);
      }
    }
  }
}
