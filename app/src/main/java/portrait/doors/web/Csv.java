package portrait.doors.web;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Lines of files that spreadsheets open.
final class Csv {

  private Csv() {}

  static byte[] line(List<? extends @Nullable Object> values) {
    return (values.stream().map(Csv::cell).collect(Collectors.joining(",")) + "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  /// A text that begins like a formula would be one in a spreadsheet, so an apostrophe comes before it.
  private static String cell(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    String text = value.toString();
    boolean isFormula = value instanceof String && !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
    String safe = isFormula ? "'" + text : text;
    return safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
        ? '"' + safe.replace("\"", "\"\"") + '"'
        : safe;
  }
}
