package portrait.stages.sources;

import java.util.Map;
import java.util.Optional;

/// A way of writing days and times, such as `dd/MM/yyyy HH:mm`, in the letters that Java and most spreadsheets use.
final class DateFormat {

  static final String EPOCH_SECONDS = "epoch_seconds";
  static final String EPOCH_MILLIS = "epoch_millis";

  private static final Map<String, String> ENGINE = Map.ofEntries(Map.entry("yyyy", "%Y"), Map.entry("yy", "%y"),
      Map.entry("MMMM", "%B"), Map.entry("MMM", "%b"), Map.entry("MM", "%m"), Map.entry("M", "%m"),
      Map.entry("dd", "%d"), Map.entry("d", "%d"), Map.entry("HH", "%H"), Map.entry("H", "%H"), Map.entry("hh", "%I"),
      Map.entry("h", "%I"), Map.entry("mm", "%M"), Map.entry("ss", "%S"), Map.entry("SSS", "%g"),
      Map.entry("SSSSSS", "%f"), Map.entry("a", "%p"), Map.entry("XXX", "%z"), Map.entry("Z", "%z"));

  private DateFormat() {}

  /// The format in the engine's letters; empty when it has letters that mean nothing.
  static Optional<String> inEngine(String format) {
    var engine = new StringBuilder();
    for (int i = 0; i < format.length();) {
      char letter = format.charAt(i);
      int end = i + 1;
      if (letter == '\'') {
        end = format.indexOf('\'', i + 1) + 1;
        if (end == 0) {
          return Optional.empty();
        }
        engine.append(format, i + 1, end - 1);
      } else if (Character.isLetter(letter)) {
        while (end < format.length() && format.charAt(end) == letter) {
          end++;
        }
        String known = ENGINE.get(format.substring(i, end));
        // A lone T is how ISO 8601 parts day and time; it needs no quotes.
        if (known == null && !format.substring(i, end).equals("T")) {
          return Optional.empty();
        }
        engine.append(known == null ? "T" : known);
      } else {
        engine.append(letter == '%' ? "%%" : letter);
      }
      i = end;
    }
    return Optional.of(engine.toString());
  }
}
