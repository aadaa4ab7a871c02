package portrait.stages.sources.readers;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// A file of text, packed with gzip or not, in any encoding, read as UTF-8 without byte order mark.
///
/// The encoding is the declared one, or that of the byte order mark, or UTF-16 when every second byte is zero, or UTF-8
/// when more of the bytes above ASCII fit it than do not, or else windows-1252, which every file of the old
/// one-byte kind in western Europe fits.
record TextFile(Path path, Charset encoding, int markLength) {

  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");
  private static final int HEAD_BYTES = 8_192;
  private static final int LOOK_BYTES_MAX = 4_000_000;
  private static final Map<String, String> OTHER_KINDS = new LinkedHashMap<>();

  static {
    OTHER_KINDS.put("PAR1", "a Parquet file");
    OTHER_KINDS.put("PK\u0003\u0004", "a ZIP or Excel file");
    OTHER_KINDS.put("\u00d0\u00cf\u0011\u00e0", "an old Excel file");
    OTHER_KINDS.put("%PDF", "a PDF file");
    OTHER_KINDS.put("BZh", "packed with bzip2");
    OTHER_KINDS.put("\u00fd7zXZ", "packed with xz");
    OTHER_KINDS.put("(\u00b5/\u00fd", "packed with zstd");
  }

  /// Finds out the encoding.
  ///
  /// @param isALook whether the beginning of the file is enough
  static TextFile of(Path path, Optional<String> declared, boolean isALook) {
    try (var stream = unpacked(Files.newInputStream(path))) {
      byte[] head = stream.readNBytes(HEAD_BYTES);
      refuseOtherKinds(path, head);
      int markLength = markLength(head);
      // "UTF-16" leaves the order of the bytes to the mark.
      var charset = declared.map(Charset::forName).filter(named -> !named.equals(StandardCharsets.UTF_16));
      return new TextFile(path, charset.isPresent() ? charset.orElseThrow() : encoding(path, head, stream, isALook),
          markLength);
    } catch (IOException failure) {
      throw unreadable(path, failure);
    }
  }

  /// The text from its beginning, in UTF-8. Bytes that are not of the encoding become 0xFF, which is never UTF-8, so
  /// that the row they are in is told apart.
  InputStream open(InputStream raw) throws IOException {
    var stream = unpacked(raw);
    stream.skipNBytes(markLength);
    return encoding.equals(StandardCharsets.UTF_8) || encoding.equals(StandardCharsets.US_ASCII)
        ? stream
        : new TranscodingStream(stream, encoding);
  }

  /// The beginning of the text, in UTF-8.
  byte[] head(int bytesMax) {
    try (var stream = open(Files.newInputStream(path))) {
      return stream.readNBytes(bytesMax);
    } catch (IOException failure) {
      throw unreadable(path, failure);
    }
  }

  static ProblemException unreadable(Path path, IOException failure) {
    return new ProblemException(Problem.of(Problem.Code.INVALID_FILE,
        "%s cannot be read to its end: %s".formatted(path.getFileName(), failure.getMessage()),
        "Check that the file is whole and may be read; a .gz file must be complete."), failure);
  }

  private static InputStream unpacked(InputStream raw) throws IOException {
    var stream = new BufferedInputStream(raw, 1 << 16);
    stream.mark(2);
    boolean isPacked = stream.read() == 0x1f && stream.read() == 0x8b;
    stream.reset();
    return isPacked ? new GZIPInputStream(stream, 1 << 16) : stream;
  }

  private static void refuseOtherKinds(Path path, byte[] head) {
    if (head.length == 0) {
      throw Problem.of(Problem.Code.INVALID_FILE, "%s is empty: it has not even a header".formatted(path.getFileName()),
          "Check the export that made it.").asException();
    }
    String start = new String(head, 0, Math.min(head.length, 8), StandardCharsets.ISO_8859_1);
    OTHER_KINDS.forEach((magic, kind) -> {
      if (start.startsWith(magic)) {
        throw notText(path, "it is " + kind);
      }
    });
  }

  private static ProblemException notText(Path path, String found) {
    return Problem.of(Problem.Code.INVALID_FILE,
        "%s is not the text of a table: %s".formatted(path.getFileName(), found),
        "Portrait reads CSV and JSON Lines (plain or packed with gzip) and Parquet; say `format: parquet` for the "
            + "last when the file's ending does not.")
        .asException();
  }

  private static int markLength(byte[] head) {
    if (head.length >= 3 && (head[0] & 0xff) == 0xef && (head[1] & 0xff) == 0xbb && (head[2] & 0xff) == 0xbf) {
      return 3;
    }
    return head.length >= 2 && (isMark(head, 0xff, 0xfe) || isMark(head, 0xfe, 0xff)) ? 2 : 0;
  }

  private static boolean isMark(byte[] head, int first, int second) {
    return (head[0] & 0xff) == first && (head[1] & 0xff) == second;
  }

  private static Charset encoding(Path path, byte[] head, InputStream rest, boolean isALook) throws IOException {
    if (markLength(head) > 0) {
      return switch (head[0] & 0xff) {
        case 0xff -> StandardCharsets.UTF_16LE;
        case 0xfe -> StandardCharsets.UTF_16BE;
        default -> StandardCharsets.UTF_8;
      };
    }
    int[] zeros = new int[2];
    int controls = 0;
    for (int i = 0; i < head.length; i++) {
      if (head[i] == 0) {
        zeros[i % 2]++;
      } else if (head[i] > 0 && head[i] < ' ' && head[i] != '\t' && head[i] != '\n' && head[i] != '\r') {
        controls++;
      }
    }
    // In UTF-16, western text has a zero in nearly every pair; even Chinese text has them at its delimiters.
    if (zeros[0] + zeros[1] > head.length / 20) {
      if (zeros[0] > 20 * zeros[1]) {
        return StandardCharsets.UTF_16BE;
      }
      if (zeros[1] > 20 * zeros[0]) {
        return StandardCharsets.UTF_16LE;
      }
      throw notText(path, "%d of its first %d bytes are zero".formatted(zeros[0] + zeros[1], head.length));
    }
    if (controls > head.length / 20) {
      throw notText(path, "%d of its first %d bytes are control characters".formatted(controls, head.length));
    }
    return fitsUtf8(head, rest, isALook ? LOOK_BYTES_MAX : Long.MAX_VALUE) ? StandardCharsets.UTF_8 : WINDOWS_1252;
  }

  private static boolean fitsUtf8(byte[] head, InputStream rest, long bytesMax) throws IOException {
    var count = new Utf8();
    count.add(head, head.length);
    byte[] buffer = new byte[1 << 16];
    long seen = head.length;
    for (int read = rest.read(buffer); read >= 0 && seen < bytesMax; read = rest.read(buffer)) {
      count.add(buffer, read);
      seen += read;
    }
    return count.wrong() == 0 || count.right() > count.wrong();
  }
}
