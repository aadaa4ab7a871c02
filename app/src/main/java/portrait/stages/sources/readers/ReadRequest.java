package portrait.stages.sources.readers;

import java.nio.file.Path;

/// How to read a file.
///
/// @param csv what is known about it when it is CSV
/// @param folder where temporary files may be put; the caller deletes it
/// @param rowsMax how many rows to read, to look at a file; all when it is [Long#MAX_VALUE]
/// @param progress hears how far the reading is
public record ReadRequest(CsvOptions csv, Path folder, long rowsMax, Progress progress) {

  boolean isALook() {
    return rowsMax < Long.MAX_VALUE;
  }

  /// Hears how far the reading of one file is.
  @FunctionalInterface
  public interface Progress {
    /// @param rows rows read so far
    /// @param share how much of the file that is, 0 to 1
    void read(long rows, double share);
  }
}
