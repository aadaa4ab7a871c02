package portrait.stages.events;

import java.time.Instant;
import java.util.Optional;

/// A message that was refused, kept so that nothing is dropped in silence.
///
/// @param code the problem's code, for example `invalid_event`
/// @param reason what was wrong with it
/// @param original as it came
/// @param times how often it came
public record QuarantinedEvent(long number, Instant receivedAt, String source, String code, String reason,
    Original original, long times) {

  private static final MessageLimits ANY_SIZE = new MessageLimits(Integer.MAX_VALUE, Integer.MAX_VALUE);

  /// Judges the message again, as of the moment it was received. Its size does not matter any more: somebody wants it.
  ///
  /// @param corrected what to judge instead of the original bytes
  /// @throws portrait.foundation.model.ProblemException `invalid_body` when it is not a JSON object
  public Collected again(Optional<byte[]> corrected) {
    var message = new Original(corrected.orElse(original.bytes()), original.type(), original.envelope());
    // With an id of its own a message is taken in once, also when the answer to a replay gets lost.
    return MessageBody.again(message, "quarantine-" + number).collect(receivedAt, source, ANY_SIZE).getFirst();
  }
}
