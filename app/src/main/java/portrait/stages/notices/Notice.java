package portrait.stages.notices;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A message to another system: that a run failed, that a segment grew.
///
/// @param id the same however often it is sent
/// @param message as it is sent
/// @param tries how often it was sent
/// @param why it was not taken when it was sent last; empty when it was
/// @param endedAt when it was taken, or given up
public record Notice(String id, JsonNode message, Instant madeAt, Status status, long tries, String why,
    Optional<Instant> endedAt) {

  /// What became of it.
  public enum Status {
    /** It is sent, again if need be. */
    WAITING,
    /** The other system took it. */
    DELIVERED,
    /** Nobody took it for a day, or trying again makes no sense. */
    FAILED
  }
}
