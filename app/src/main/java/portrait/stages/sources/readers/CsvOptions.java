package portrait.stages.sources.readers;

import java.util.List;
import java.util.Optional;

/// What a definition says about a CSV file. What it leaves out is found by looking at the file.
///
/// @param delimiter between fields
/// @param quote around fields that hold delimiters or line breaks; doubled inside
/// @param escape before a quote inside a quoted field, when quotes are not doubled: mostly a backslash
/// @param encoding a character set's name, such as `windows-1252`
/// @param header whether the first line names the columns
/// @param decimal `.` or `,`, the mark before the fraction of a number
/// @param nullTexts texts that mean "no value"; the empty text always does
public record CsvOptions(Optional<Character> delimiter, Optional<Character> quote, Optional<Character> escape,
    Optional<String> encoding, Optional<Boolean> header, Optional<Character> decimal, List<String> nullTexts) {

  public CsvOptions {
    nullTexts = List.copyOf(nullTexts);
  }

  /// Everything is found by looking at the file.
  public static CsvOptions none() {
    return new CsvOptions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.empty(), List.of());
  }
}
