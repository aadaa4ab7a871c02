package portrait.stages.engagement;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Mail and calendar files in a folder and those below. Of a message only the headers are taken in: its body is passed
/// over, byte by byte.
///
/// @param from of a series of meetings those are looked for that begin from then on
/// @param until and before
record MailFolder(Path folder, Instant from, Instant until) implements Correspondence {

  /** Headers that take more than this are not a message. */
  private static final int HEADERS_MAX = 1 << 20;

  @Override
  public Reading read(Consumer<Encounter> use) {
    if (!Files.isDirectory(folder)) {
      throw Problem.of(Problem.Code.CONFLICT, "there is no folder %s".formatted(folder),
          "Put .eml, .mbox or .ics files there.").asException();
    }
    var reading = new Counter(use);
    var meetings = new Meetings();
    for (Path file : files()) {
      String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
      try (var bytes = new BufferedInputStream(Files.newInputStream(file))) {
        if (name.endsWith(".eml")) {
          reading.message(headers(bytes));
        } else if (name.endsWith(".mbox")) {
          mailbox(bytes, reading);
        } else {
          reading.unread += CalendarFile.read(bytes, from, until, meetings);
        }
        reading.files++;
      } catch (IOException failure) {
        throw unreadable(failure);
      }
    }
    meetings.each(use);
    return new Reading(reading.files, 0, reading.unread);
  }

  private List<Path> files() {
    try (var all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).filter(file -> String.valueOf(file.getFileName())
          .toLowerCase(Locale.ROOT).matches(".*\\.(eml|mbox|ics)")).sorted().toList();
    } catch (IOException failure) {
      throw unreadable(failure);
    }
  }

  private ProblemException unreadable(IOException failure) {
    return new ProblemException(Problem.of(Problem.Code.CONFLICT,
        "a file in %s cannot be read (%s)".formatted(folder, failure.getClass().getSimpleName()),
        "The account that Portrait runs under must be allowed to read all of it."), failure);
  }

  /// What has been read.
  private static final class Counter {

    private final Consumer<Encounter> use;
    private long files;
    private long unread;

    Counter(Consumer<Encounter> use) {
      this.use = use;
    }

    void message(byte[] headers) {
      var encounter = MessageHeaders.encounter(new ByteArrayInputStream(headers));
      if (encounter == null) {
        unread++;
      } else {
        use.accept(encounter);
      }
    }
  }

  private static byte[] headers(InputStream bytes) throws IOException {
    var headers = new ByteArrayOutputStream();
    while (headers.size() < HEADERS_MAX) {
      byte[] line = line(bytes, HEADERS_MAX);
      if (isBlank(line)) {
        break;
      }
      headers.write(line);
    }
    return headers.toByteArray();
  }

  /// A line that begins with `From `, after an empty one, begins a message (RFC 4155).
  private static void mailbox(InputStream bytes, Counter reading) throws IOException {
    var headers = new ByteArrayOutputStream();
    boolean isInHeaders = false;
    boolean afterBlank = true;
    for (byte[] line = line(bytes, HEADERS_MAX); line.length > 0; line = line(bytes, HEADERS_MAX)) {
      if (afterBlank && begins(line)) {
        if (isInHeaders) {
          reading.message(headers.toByteArray());
        }
        headers.reset();
        isInHeaders = true;
        afterBlank = false;
        continue;
      }
      afterBlank = isBlank(line);
      if (isInHeaders && afterBlank) {
        reading.message(headers.toByteArray());
        isInHeaders = false;
      } else if (isInHeaders && headers.size() < HEADERS_MAX) {
        headers.write(line);
      }
    }
    if (isInHeaders) {
      reading.message(headers.toByteArray());
    }
  }

  private static boolean begins(byte[] line) {
    return line.length > 5 && new String(line, 0, 5, StandardCharsets.ISO_8859_1).equals("From ");
  }

  private static boolean isBlank(byte[] line) {
    return line.length == 0 || line[0] == '\n' || line[0] == '\r';
  }

  /// A line with its end; nothing at the end of the file. Of a line that is too long the beginning.
  private static byte[] line(InputStream bytes, int max) throws IOException {
    var line = new ByteArrayOutputStream();
    int next = bytes.read();
    while (next >= 0) {
      if (line.size() < max) {
        line.write(next);
      }
      if (next == '\n') {
        break;
      }
      next = bytes.read();
    }
    return line.toByteArray();
  }
}
