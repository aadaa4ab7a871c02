package portrait.stages.events;

import java.time.Instant;
import java.util.Optional;

/// A message that was refused, kept so that nothing is dropped in silence.
///
/// @param code the problem's code, for example `invalid_event`
/// @param reason what was wrong with it
/// @param original the bytes as they came
/// @param type what the path of the call said it is; empty when the message says so itself
/// @param times how often it came
public record QuarantinedEvent(long number, Instant receivedAt, String source, String code, String reason,
    byte[] original, Optional<EventType> type, long times) {

  /// Judges the message again, as of the moment it was received.
  ///
  /// @param corrected what to judge instead of the original bytes
  /// @throws portrait.foundation.model.ProblemException `invalid_body` when it is not a JSON object
  public Collected again(Optional<byte[]> corrected) {
    // With an id of its own a message is taken in once, also when the answer to a replay gets lost.
    return MessageBody.again(corrected.orElse(original), type, "quarantine-" + number).collect(receivedAt, source)
        .getFirst();
  }
}
