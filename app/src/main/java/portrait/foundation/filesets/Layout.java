package portrait.foundation.filesets;

import java.util.Locale;
import java.util.Set;

/// How a set of files is written.
///
/// @param folder template of the folder that one run gets
/// @param file template of the name of each file, without its ending
/// @param rowsPerFile a longer table is divided
/// @param isForSpreadsheets whether a text that a spreadsheet would take for a formula gets an apostrophe, in CSV
public record Layout(Format format, Compression compression, NameTemplate folder, NameTemplate file, int rowsPerFile,
    boolean isForSpreadsheets, Index index) {

  /// Names that templates of a folder know.
  public static final Set<String> FOLDER_NAMES = Set.of("export", "run", "yyyy", "MM", "dd", "HH", "mm", "ss");
  /// Names that templates of a file know; two files of a run must not have the same.
  public static final Set<String> FILE_NAMES = Set.of("export", "run", "yyyy", "MM", "dd", "HH", "mm", "ss", "table",
      "part");

  /// How rows are written.
  public enum Format {
    /** Comma-separated values with a first line of names. */
    CSV("csv"),
    /** One JSON object a line. */
    JSON_LINES("jsonl"),
    /** Columns with types, for programs. */
    PARQUET("parquet");

    private final String ending;

    Format(String ending) {
      this.ending = ending;
    }
  }

  /// How files are made smaller. A Parquet file is compressed inside and keeps its ending.
  public enum Compression {
    NONE(""), GZIP(".gz"), ZSTD(".zst");

    private final String ending;

    Compression(String ending) {
      this.ending = ending;
    }
  }

  /// What is written last, and says what is whole.
  public enum Index {
    /** `manifest.json` in the folder of the run. */
    MANIFEST,
    /** `model.json` above the folders of all runs, replaced by each: the layout of Dynamics 365 Customer Insights. */
    MODEL
  }

  String ending() {
    return "." + format.ending + (format == Format.PARQUET ? "" : compression.ending);
  }

  /// The options of the engine's COPY.
  String options() {
    String word = compression == Compression.NONE ? "" : compression.name().toLowerCase(Locale.ROOT);
    return switch (format) {
      case CSV -> "FORMAT csv, HEADER true, COMPRESSION '%s'".formatted(word.isEmpty() ? "none" : word);
      case JSON_LINES -> "FORMAT json, COMPRESSION '%s'".formatted(word.isEmpty() ? "none" : word);
      case PARQUET -> "FORMAT parquet, COMPRESSION '%s'".formatted(word.isEmpty() ? "uncompressed" : word);
    };
  }
}
