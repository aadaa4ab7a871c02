package portrait.stages.sources;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A source table as it is now.
///
/// @param fullName `shop.contacts`
/// @param rows good rows
/// @param refused rows of the last load that could not be taken
/// @param loadedAt empty when it was never loaded
/// @param failure why the last load failed; it has the rows of the one before
/// @param columns those of its definition, or those found in its file; empty when neither is there
public record TableState(String fullName, String title, long rows, long refused, Optional<Instant> loadedAt,
    Optional<LoadFailure> failure, List<ColumnDefinition> columns) {

  public TableState {
    columns = List.copyOf(columns);
  }
}
