package portrait.stages.sources.readers;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import portrait.foundation.model.Problem;

/// The formats that can be read; text formats may be packed with gzip.
public enum FileFormat {
  CSV, JSONL, PARQUET;

  /// The format as it is written in definitions: `csv`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Reads a format as it is written in definitions.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_definition` that lists the formats there are
  public static FileFormat of(String text) {
    return Arrays.stream(values()).filter(format -> format.text().equals(text)).findFirst()
        .orElseThrow(() -> Problem.of(Problem.Code.INVALID_DEFINITION, "format was '%s' but must be one of %s"
            .formatted(text, Arrays.stream(values()).map(FileFormat::text).collect(Collectors.joining(", "))))
            .asException());
  }

  /// The format a file's name ends with; `.gz` is looked through.
  public static Optional<FileFormat> ofName(String fileName) {
    String name = fileName.toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "csv", "tsv", "tab", "txt", "psv" -> Optional.of(CSV);
      case "jsonl", "ndjson", "json" -> Optional.of(JSONL);
      case "parquet", "pq" -> Optional.of(PARQUET);
      default -> Optional.empty();
    };
  }
}
