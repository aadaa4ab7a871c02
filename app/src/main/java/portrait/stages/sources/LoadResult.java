package portrait.stages.sources;

/// What a load did.
///
/// @param rowsRead rows found in the files, refused ones included
/// @param rowsLoaded rows that are good
/// @param rowsRefused rows that went to the table of refused rows
/// @param unchanged good rows that were in the table just so
/// @param changed good rows that are new or differ
/// @param deleted rows that are no longer in the table
/// @param skippedAsSeen every file was loaded before, so nothing was done
public record LoadResult(long rowsRead, long rowsLoaded, long rowsRefused, long unchanged, long changed, long deleted,
    boolean skippedAsSeen) {

  static LoadResult seen() {
    return new LoadResult(0, 0, 0, 0, 0, 0, true);
  }
}
