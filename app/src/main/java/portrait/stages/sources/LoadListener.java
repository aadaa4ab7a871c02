package portrait.stages.sources;

/// Hears how far a load is.
@FunctionalInterface
public interface LoadListener {

  /// @param rowsDone rows read so far
  /// @param rowsExpected rows there will be, estimated from the size of the files until they are read
  void progress(long rowsDone, long rowsExpected);

  /// For callers that do not show progress.
  static LoadListener silent() {
    return (_, _) -> {};
  }
}
