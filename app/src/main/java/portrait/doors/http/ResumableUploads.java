package portrait.doors.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import tools.jackson.databind.json.JsonMapper;

/// Large files that come in pieces: after a cut the sender asks how much is there and goes on.
///
/// Each lies in a folder of its own, `about.json` beside the content. How much has arrived is the size of the content, so
/// nothing has to be kept in step with it, also over a restart.
public final class ResumableUploads {

  private static final Logger LOG = LoggerFactory.getLogger(ResumableUploads.class);
  private static final Duration KEPT = Duration.ofHours(24);
  private static final int OPEN_MAX = 100;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{24}");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path folder;
  private final Clock clock;
  private final Set<String> busy = ConcurrentHashMap.newKeySet();

  /// @param folder made when absent
  ResumableUploads(Path folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /// One file that comes in pieces.
  ///
  /// @param by who began it; nobody else may go on with it
  /// @param bytes how large it will be
  /// @param received how much of it is there
  public record Upload(String id, String file, String by, long bytes, long received, Path content) {

    public boolean isComplete() {
      return received == bytes;
    }
  }

  /// What is written beside the content.
  private record About(String file, String by, long bytes) {}

  /// Begins a file, and forgets those that nobody went on with for a day.
  ///
  /// @throws ProblemException `invalid_parameter` for a size that cannot be, `too_large` when the disk has no room,
  ///   `too_busy` when very many are open
  public Upload begin(String file, long bytes, String by) throws IOException {
    if (bytes < 0) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "bytes was %d but must be 0 or more".formatted(bytes))
          .asException();
    }
    Files.createDirectories(folder);
    int open = forgetOld();
    if (open >= OPEN_MAX) {
      throw Problem.of(Problem.Code.TOO_BUSY, "%d uploads are open already".formatted(open),
          "Finish or delete some of them.").asException();
    }
    if (bytes > Files.getFileStore(folder).getUsableSpace()) {
      throw Problem.of(Problem.Code.TOO_LARGE, "the disk has no room for %,d bytes".formatted(bytes),
          "Make room on the server, or send it in smaller parts.").asException();
    }
    var random = new byte[12];
    RANDOM.nextBytes(random);
    String id = HexFormat.of().formatHex(random);
    var own = Files.createDirectory(folder.resolve(id));
    Files.write(own.resolve("about.json"), JSON.writeValueAsBytes(new About(Uploads.harmless(file), by, bytes)));
    Files.createFile(own.resolve("0-" + Uploads.harmless(file)));
    return find(id, by);
  }

  /// @throws ProblemException `not_found` when there is none of this caller
  public Upload find(String id, String by) {
    var absent = Problem.of(Problem.Code.NOT_FOUND, "there is no upload '%s' of yours".formatted(id),
        "It may have been loaded, or left alone for a day. Begin another.");
    if (!ID.matcher(id).matches()) {
      throw absent.asException();
    }
    try {
      var about = JSON.readValue(Files.readAllBytes(folder.resolve(id).resolve("about.json")), About.class);
      if (!about.by().equals(by)) {
        throw absent.asException();
      }
      var content = folder.resolve(id).resolve("0-" + about.file());
      return new Upload(id, about.file(), by, about.bytes(), Files.size(content), content);
    } catch (NoSuchFileException gone) {
      throw new ProblemException(absent, gone);
    } catch (IOException broken) {
      throw new UncheckedIOException("cannot read an upload", broken);
    }
  }

  /// Adds what comes next. When it stops half-way, what arrived stays.
  ///
  /// @param offset where it belongs: where the last piece ended
  /// @throws ProblemException `conflict` for another place, with the detail `received`, or while another piece comes in;
  ///   `too_large` for more than was said
  public Upload append(String id, String by, long offset, InputStream piece) throws IOException {
    if (!busy.add(id)) {
      throw Problem.of(Problem.Code.CONFLICT, "another piece of this upload is coming in",
          "Ask how much is there, and go on from there.").asException();
    }
    try {
      var upload = find(id, by);
      if (offset != upload.received()) {
        throw Problem.of(Problem.Code.CONFLICT,
            "the piece begins at %,d but %,d bytes are there".formatted(offset, upload.received()),
            "Go on from there.").with("received", upload.received()).asException();
      }
      try (var out = FileChannel.open(upload.content(), StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
        try {
          copy(piece, out, upload);
        } finally {
          out.force(true);
        }
      }
      return find(id, by);
    } finally {
      busy.remove(id);
    }
  }

  private static void copy(InputStream piece, FileChannel out, Upload upload) throws IOException {
    var buffer = new byte[BUFFER_BYTES];
    long there = upload.received();
    for (int read = read(piece, buffer); read >= 0; read = read(piece, buffer)) {
      if (there + read > upload.bytes()) {
        throw Problem.of(Problem.Code.TOO_LARGE,
            "the upload was to have %,d bytes, and more are coming".formatted(upload.bytes()),
            "Begin another with its right size.").asException();
      }
      var part = ByteBuffer.wrap(buffer, 0, read);
      while (part.hasRemaining()) {
        out.write(part);
      }
      there += read;
    }
  }

  private static int read(InputStream piece, byte[] buffer) {
    try {
      return piece.read(buffer);
    } catch (IOException cut) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_BODY, "the piece broke off",
          "What arrived is kept: ask how much is there, and go on from there."), cut);
    }
  }

  /// Files that are there as a whole, to be loaded.
  ///
  /// @throws ProblemException `conflict` for one that is not complete
  public List<Upload> whole(List<String> ids, String by) {
    var uploads = ids.stream().map(id -> find(id, by)).toList();
    for (var upload : uploads) {
      if (!upload.isComplete()) {
        throw Problem.of(Problem.Code.CONFLICT, "%,d of %,d bytes of the upload '%s' are there".formatted(
            upload.received(), upload.bytes(), upload.id()), "Send the rest first.")
            .with("received", upload.received()).asException();
      }
    }
    return uploads;
  }

  /// Deletes it.
  public void forget(Upload upload) {
    forget(folder.resolve(upload.id()));
  }

  private int forgetOld() throws IOException {
    Instant limit = clock.instant().minus(KEPT);
    int open = 0;
    try (var all = Files.newDirectoryStream(folder, path -> ID.matcher(path.getFileName().toString()).matches())) {
      for (var own : all) {
        if (lastTouched(own).isBefore(limit) && !busy.contains(own.getFileName().toString())) {
          forget(own);
        } else {
          open++;
        }
      }
    }
    return open;
  }

  private static Instant lastTouched(Path own) throws IOException {
    var latest = Files.getLastModifiedTime(own).toInstant();
    try (var files = Files.newDirectoryStream(own)) {
      for (var file : files) {
        var touched = Files.getLastModifiedTime(file).toInstant();
        latest = touched.isAfter(latest) ? touched : latest;
      }
    }
    return latest;
  }

  private static void forget(Path own) {
    try (var files = Files.newDirectoryStream(own)) {
      for (var file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(own);
    } catch (IOException stuck) {
      LOG.warn("an upload in {} cannot be deleted: {}", own, stuck.getMessage());
    }
  }
}
