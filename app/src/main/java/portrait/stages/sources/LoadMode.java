package portrait.stages.sources;

/// How a file changes its table.
public enum LoadMode {
  /** The files are the whole table. */
  REPLACE,
  /** The files' rows are added, or take the place of the rows with their key. */
  UPSERT,
  /** The rows whose keys are in the files are removed. */
  DELETE
}
