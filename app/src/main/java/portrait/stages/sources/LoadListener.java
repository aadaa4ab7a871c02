package portrait.stages.sources;

import java.util.List;

/// Hears how far a load is.
@FunctionalInterface
public interface LoadListener {

  /// @param rowsDone rows read so far
  /// @param rowsExpected rows there will be, estimated from the size of the files until they are read
  void progress(long rowsDone, long rowsExpected);

  /// The keys of rows that are new or differ, as identities are written; told only when they are few, and when the table
  /// has been loaded before.
  default void changed(List<String> keys) {}

  /// For callers that do not show progress.
  static LoadListener silent() {
    return (_, _) -> {};
  }
}
