package portrait.stages.activities;

/// What became of the rows that activity definitions map.
///
/// @param rows rows that the definitions select
/// @param withoutCustomer rows whose customer column is empty
/// @param withoutTime rows without a valid time
public record ActivityReport(long rows, long withoutCustomer, long withoutTime) {

  /// Rows that are on nobody's timeline; they lie in the tables `<source>_<table>_unassigned`.
  public long unassigned() {
    return withoutCustomer + withoutTime;
  }
}
