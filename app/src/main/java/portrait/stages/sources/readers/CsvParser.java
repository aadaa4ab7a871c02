package portrait.stages.sources.readers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Cuts UTF-8 text into records and fields, and goes on after a record that is broken.
///
/// A quoted field may hold delimiters and line breaks. A quote inside a field that does not begin with one is an
/// ordinary character. When a record that spans lines is broken, only its first line is given up and reading goes on
/// with the next line: one forgotten quote costs one row, not the rest of the file.
final class CsvParser {

  /// Longest record; the engine's own limit for a line is a little over twice that, and writing may double quotes.
  static final int RECORD_BYTES_MAX = 1_000_000;

  /// Stands for "no such character": for a dialect without quotes, or text that is cut into lines only.
  static final int NONE = -1_000;

  private static final int RAW_BYTES_OF_LONG = 1_000;

  /// How often a record that ran too far may be read again from its second line, before the dialect is to blame.
  private static final int RUNAWAYS_MAX = 1_000;

  private final InputStream stream;
  private final int delimiter;
  private final int quote;
  private final int escape;
  /// Bytes that end an unquoted field or need a look.
  private final boolean[] special = new boolean[256];

  private byte[] bytes = new byte[2 * RECORD_BYTES_MAX];
  private int at;
  private int limit;
  private boolean ended;
  private int runaways;
  private boolean isInsideLongLine;

  private int expectedFields;
  private long line = 1;
  private long nextLine = 1;
  private int end;
  private int next;
  private int count;
  private int[] starts = new int[64];
  private int[] ends = new int[64];
  private boolean[] escaped = new boolean[64];
  private @Nullable Fault fault;

  CsvParser(InputStream stream, int delimiter, int quote, int escape) {
    this.stream = stream;
    this.delimiter = delimiter;
    this.quote = quote;
    this.escape = escape;
    special['\n'] = true;
    special['\r'] = true;
    special[0] = true;
    if (delimiter >= 0) {
      special[delimiter] = true;
    }
  }

  /// What is wrong with a record.
  ///
  /// @param field counted from 0; -1 when it is the record as a whole
  record Fault(int field, String found, String expected, String reason) {}

  /// From here on, records must have this many fields. Empty ones at the end may be more.
  void expectFields(int number) {
    expectedFields = number;
  }

  /// Goes to the next record; blank lines are passed over.
  boolean next() throws IOException {
    at = next;
    line = nextLine;
    if (isInsideLongLine) {
      skipRestOfLine();
    }
    while (skipBlankLine()) {
      line++;
    }
    if (at == limit && !fill()) {
      next = at;
      nextLine = line;
      return false;
    }
    while (!cut()) {
      fill();
    }
    return true;
  }

  /// The line of the file on which the record begins.
  long line() {
    return line;
  }

  /// How many lines there are up to the end of the record.
  long linesRead() {
    return nextLine - 1;
  }

  int fields() {
    return count;
  }

  /// Empty when the record is well formed; otherwise its fields must not be asked for.
  Optional<Fault> fault() {
    return Optional.ofNullable(fault);
  }

  byte[] bytes() {
    return bytes;
  }

  int start(int field) {
    return starts[field];
  }

  int end(int field) {
    return ends[field];
  }

  /// Whether the field holds doubled or escaped quotes.
  boolean isEscaped(int field) {
    return escaped[field];
  }

  /// Whether so many quotes are left open that the dialect must be wrong.
  boolean isHopeless() {
    return runaways > RUNAWAYS_MAX;
  }

  /// A field as text.
  String text(int field) {
    byte[] value = new byte[ends[field] - starts[field]];
    return new String(value, 0, copy(field, value, 0), StandardCharsets.UTF_8);
  }

  /// Copies a field without its escapes, and tells where it ends.
  int copy(int field, byte[] target, int from) {
    int length = ends[field] - starts[field];
    if (!escaped[field]) {
      System.arraycopy(bytes, starts[field], target, from, length);
      return from + length;
    }
    int to = from;
    for (int i = starts[field]; i < ends[field]; i++) {
      if (bytes[i] == escape && i + 1 < ends[field] && (bytes[i + 1] == quote || bytes[i + 1] == escape)) {
        i++;
      }
      target[to++] = bytes[i];
    }
    return to;
  }

  /// The record as it is in the file, without its line break.
  String raw() {
    return new String(bytes, at, end - at, StandardCharsets.UTF_8);
  }

  private void skipRestOfLine() throws IOException {
    isInsideLongLine = false;
    do {
      while (at < limit) {
        if (isLineBreak(bytes[at]) && isWhole(at)) {
          at = afterLineBreak(at);
          return;
        }
        if (isLineBreak(bytes[at])) {
          break;
        }
        at++;
      }
    } while (fill());
    at = limit;
  }

  private boolean skipBlankLine() throws IOException {
    for (int seen = 0; seen < RECORD_BYTES_MAX; seen++) {
      // Reading more moves what is there, so positions are counted from `at`.
      while (at + seen == limit || !isWhole(at + seen)) {
        if (!fill() && at + seen == limit) {
          at = limit;
          return false;
        }
      }
      byte octet = bytes[at + seen];
      if (isLineBreak(octet)) {
        at = afterLineBreak(at + seen);
        return true;
      }
      if (!isSpace(octet)) {
        return false;
      }
    }
    return false;
  }

  /// Cuts the record at [#at] into fields.
  ///
  /// @return false when more bytes must be read first
  private boolean cut() {
    count = 0;
    fault = null;
    int i = at;
    long lines = line;
    int bits = 0;
    while (true) {
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, count * 2);
        ends = Arrays.copyOf(ends, count * 2);
        escaped = Arrays.copyOf(escaped, count * 2);
      }
      while (i < limit && isSpace(bytes[i])) {
        i++;
      }
      int from = i;
      int to;
      escaped[count] = false;
      if (i < limit && bytes[i] == quote) {
        from = ++i;
        while (true) {
          while (i < limit && bytes[i] != quote && bytes[i] != escape && bytes[i] != '\n' && bytes[i] != '\r'
              && bytes[i] != 0) {
            bits |= bytes[i++];
          }
          if (needsMore(i)) {
            return false;
          }
          if (i >= limit || i - at > RECORD_BYTES_MAX) {
            runaways++;
            return giveUpAtLineEnd(new Fault(count, "a quote that is opened", "a quote that closes it",
                "the quote is not closed"));
          }
          byte octet = bytes[i];
          if (octet == escape && i + 1 < limit && (bytes[i + 1] == quote || bytes[i + 1] == escape)) {
            escaped[count] = true;
            i += 2;
          } else if (octet == quote) {
            break;
          } else if (octet == 0) {
            return giveUpAtLineEnd(nul());
          } else {
            if (isLineBreak(octet)) {
              lines++;
              i = afterLineBreak(i);
            } else {
              i++;
            }
          }
        }
        to = i++;
        while (i < limit && isSpace(bytes[i])) {
          i++;
        }
        if (i < limit && bytes[i] != delimiter && bytes[i] != '\n' && bytes[i] != '\r') {
          return giveUpAtLineEnd(new Fault(count, "text after a closing quote", "a delimiter",
              "a quote inside a quoted field must be doubled"));
        }
      } else {
        while (i < limit && !special[bytes[i] & 0xff]) {
          bits |= bytes[i++];
        }
        if (i < limit && bytes[i] == 0) {
          return giveUpAtLineEnd(nul());
        }
        to = i;
      }
      while (to > from && (bytes[to - 1] == ' ' || bytes[to - 1] == '\t')) {
        to--;
      }
      while (to > from && (bytes[from] == ' ' || bytes[from] == '\t')) {
        from++;
      }
      if (needsMore(i)) {
        return false;
      }
      if (i - at > RECORD_BYTES_MAX) {
        return giveUpAtLineEnd(tooLong());
      }
      starts[count] = from;
      ends[count] = to;
      count++;
      if (i < limit && bytes[i] == delimiter) {
        i++;
        continue;
      }
      end = i;
      next = i < limit ? afterLineBreak(i) : i;
      nextLine = lines + 1;
      return check(lines > line, bits < 0);
    }
  }

  /// Looks at the record as a whole. It is cut, so the answer is always true.
  private boolean check(boolean spansLines, boolean hasOtherThanAscii) {
    if (hasOtherThanAscii && !Utf8.isValid(bytes, at, end)) {
      fault = new Fault(-1, "bytes that are no text", "text in the encoding of the file",
          "the row is not in the encoding of the file");
      return true;
    }
    while (expectedFields > 0 && count > expectedFields && starts[count - 1] == ends[count - 1]) {
      count--;
    }
    if (expectedFields > 0 && count != expectedFields) {
      var found = new Fault(-1, count + (count == 1 ? " field" : " fields"), expectedFields + " fields",
          count < expectedFields ? "the row has too few fields" : "the row has too many fields");
      if (spansLines) {
        return giveUpAtLineEnd(found);
      }
      fault = found;
    }
    return true;
  }

  /// The record is broken, and is its first line only.
  ///
  /// @return false when more bytes must be read to see where the line ends
  private boolean giveUpAtLineEnd(Fault reason) {
    int i = at;
    while (i < limit && !isLineBreak(bytes[i])) {
      i++;
    }
    if (needsMore(i)) {
      return false;
    }
    fault = reason;
    nextLine = line + 1;
    if (i - at > RECORD_BYTES_MAX) {
      fault = tooLong();
      end = at + RAW_BYTES_OF_LONG;
      next = i;
      isInsideLongLine = i == limit || !isWhole(i);
      if (!isInsideLongLine) {
        next = afterLineBreak(i);
      }
    } else {
      end = i;
      next = i < limit ? afterLineBreak(i) : i;
    }
    return true;
  }

  /// Whether the byte behind position `i`, which tells `""` from `"` and CRLF from CR, is still to be read, and may be:
  /// beyond the longest record there is no point.
  private boolean needsMore(int i) {
    return i + 1 >= limit && !ended && limit - at <= RECORD_BYTES_MAX;
  }

  private boolean isWhole(int i) {
    return bytes[i] != '\r' || i + 1 < limit || ended;
  }

  private boolean isSpace(byte octet) {
    return (octet == ' ' || octet == '\t') && octet != delimiter;
  }

  private static boolean isLineBreak(byte octet) {
    return octet == '\n' || octet == '\r';
  }

  private static Fault nul() {
    return new Fault(-1, "a zero byte", "text", "the row holds a zero byte");
  }

  private static Fault tooLong() {
    return new Fault(-1, "more than " + RECORD_BYTES_MAX + " bytes", "at most " + RECORD_BYTES_MAX + " bytes",
        "the row is too long");
  }

  private int afterLineBreak(int i) {
    return bytes[i] == '\r' && i + 1 < limit && bytes[i + 1] == '\n' ? i + 2 : i + 1;
  }

  /// Reads more bytes behind those that are not used yet, which move to the front.
  ///
  /// @return false when there are no more
  private boolean fill() throws IOException {
    int kept = limit - at;
    if (kept == bytes.length) {
      throw new IllegalStateException("a record fills the whole buffer");
    }
    System.arraycopy(bytes, at, bytes, 0, kept);
    at = 0;
    limit = kept;
    int read = ended ? -1 : stream.read(bytes, limit, bytes.length - limit);
    ended = read < 0;
    limit += Math.max(0, read);
    return !ended;
  }
}
