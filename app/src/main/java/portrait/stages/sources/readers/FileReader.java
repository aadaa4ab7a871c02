package portrait.stages.sources.readers;

import java.nio.file.Path;
import portrait.foundation.warehouse.Warehouse;

/// Reads one file format.
public interface FileReader {

  /// Makes a file ready for the warehouse.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_file` when it is not of this format at all,
  ///         `cancelled` when the calling thread is interrupted
  Extract read(Path file, ReadRequest request, Warehouse warehouse);

  /// The reader of a format.
  static FileReader of(FileFormat format) {
    return switch (format) {
      case CSV -> new CsvReader();
      case JSONL -> new JsonLinesReader();
      case PARQUET -> new ParquetReader();
    };
  }
}
