package portrait.doors.web;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.doors.http.Answer;
import portrait.foundation.filesets.SpreadsheetText;
import portrait.foundation.model.Problem;

/// Lines of files that spreadsheets open.
final class Csv {

  private Csv() {}

  /// A file that is whole before the first of it is sent: so what goes wrong is said, and a slow reader holds up no
  /// query.
  ///
  /// @param rowsMax without the titles
  /// @param content hands over the rows
  /// @throws portrait.foundation.model.ProblemException `too_large` when there are more rows
  static Answer file(String name, List<String> titles, int rowsMax, Consumer<Rows> content) {
    try {
      var path = Files.createTempFile("portrait-", ".csv");
      // Nobody else can open it, and it is gone with its channel.
      var channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE,
          StandardOpenOption.DELETE_ON_CLOSE);
      try {
        var out = new BufferedOutputStream(Channels.newOutputStream(channel));
        out.write(line(titles));
        content.accept(new Rows(out, rowsMax));
        out.flush();
      } catch (IOException | RuntimeException | Error failure) {
        channel.close();
        throw failure;
      }
      return Answer.stream("text/csv; charset=utf-8", out -> {
        try (channel) {
          channel.position(0);
          Channels.newInputStream(channel).transferTo(out);
        }
      }).withHeader("Content-Disposition", "attachment; filename=\"%s.csv\"".formatted(name));
    } catch (IOException failure) {
      throw new UncheckedIOException("writing a file for somebody who asked", failure);
    }
  }

  /// Takes the rows of a file.
  static final class Rows {

    private final OutputStream out;
    private final int most;
    private int count;

    private Rows(OutputStream out, int most) {
      this.out = out;
      this.most = most;
    }

    void add(List<? extends @Nullable Object> values) {
      if (++count > most) {
        throw Problem.of(Problem.Code.TOO_LARGE, "the file would have more than %,d rows".formatted(most),
            "Export it instead, or raise the setting download_rows.").asException();
      }
      try {
        out.write(line(values));
      } catch (IOException failure) {
        throw new UncheckedIOException("writing a file for somebody who asked", failure);
      }
    }
  }

  static byte[] line(List<? extends @Nullable Object> values) {
    return (values.stream().map(Csv::cell).collect(Collectors.joining(",")) + "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String cell(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    String safe = value instanceof String text ? SpreadsheetText.safe(text) : value.toString();
    return safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
        ? '"' + safe.replace("\"", "\"\"") + '"'
        : safe;
  }
}
