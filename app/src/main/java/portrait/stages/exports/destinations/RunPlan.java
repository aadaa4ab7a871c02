package portrait.stages.exports.destinations;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// What a session is opened for.
///
/// @param export its name
/// @param columns that were chosen, in order
/// @param isFull whether everybody is sent, not only what changed
public record RunPlan(String export, UUID run, Instant startedAt, List<String> columns, boolean isFull) {

  public RunPlan {
    columns = List.copyOf(columns);
  }
}
