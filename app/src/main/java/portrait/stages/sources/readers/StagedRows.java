package portrait.stages.sources.readers;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import portrait.foundation.warehouse.Sql;

/// A temporary file in the one dialect that the engine is asked to read: UTF-8, commas, doubled quotes, each record
/// with its line number in front, nothing broken. So what a row means is decided here, and the engine only has to be
/// fast.
final class StagedRows implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 20;

  private final Path file;
  private final OutputStream out;
  private final boolean[] quoted = new boolean[256];
  private byte[] buffer = new byte[2 * BUFFER_BYTES];
  private int at;
  private boolean hasLineBreaks;

  StagedRows(Path file) throws IOException {
    this.file = file;
    this.out = Files.newOutputStream(file);
    for (char special : new char[]{',', '"', '\n', '\r'}) {
      quoted[special] = true;
    }
  }

  /// Begins a record.
  void begin(long line) throws IOException {
    if (at > BUFFER_BYTES) {
      out.write(buffer, 0, at);
      at = 0;
    }
    byte[] digits = Long.toString(line).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, buffer, at, digits.length);
    at += digits.length;
  }

  /// Adds a field; an empty one is null.
  void field(byte[] bytes, int from, int to) {
    if (buffer.length - at < 2 * (to - from) + 4) {
      buffer = Arrays.copyOf(buffer, 2 * buffer.length + 2 * (to - from));
    }
    buffer[at++] = ',';
    int start = at;
    for (int i = from; i < to; i++) {
      byte octet = bytes[i];
      if (quoted[octet & 0xff]) {
        at = start;
        quotedField(bytes, from, to);
        return;
      }
      buffer[at++] = octet;
    }
  }

  void field(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    field(bytes, 0, bytes.length);
  }

  void end() {
    buffer[at++] = '\n';
  }

  private void quotedField(byte[] bytes, int from, int to) {
    buffer[at++] = '"';
    for (int i = from; i < to; i++) {
      byte octet = bytes[i];
      if (octet == '"') {
        buffer[at++] = '"';
      } else if (octet == '\n' || octet == '\r') {
        hasLineBreaks = true;
      }
      buffer[at++] = octet;
    }
    buffer[at++] = '"';
  }

  /// The records as a relation for a FROM clause, with the given columns of text after `line`. The file must be closed.
  ///
  /// The engine cuts files into pieces to read them on several threads, and must guess where a record begins; with line
  /// breaks inside fields it can guess wrong, so then it reads in one piece.
  Sql relation(List<String> columns) {
    var types = new StringBuilder("'line': 'BIGINT'");
    for (String column : columns) {
      types.append(", '").append(column).append("': 'VARCHAR'");
    }
    return Sql.of("""
        read_csv(?, auto_detect=false, header=false, delim=',', quote='"', escape='"', nullstr='', parallel=%s,
          columns={%s})""".formatted(!hasLineBreaks, types), file.toString());
  }

  @Override
  public void close() throws IOException {
    if (at > 0) {
      out.write(buffer, 0, at);
      at = 0;
    }
    out.close();
  }
}
