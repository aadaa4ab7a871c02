package portrait.stages.events;

import java.time.Instant;
import portrait.foundation.model.Problem;

/// What validation made of one message.
public sealed interface Collected {

  /// It can be taken in.
  record Accepted(Event event) implements Collected {}

  /// It cannot: it goes to the quarantine with the reason and the bytes as they came.
  record Refused(Problem reason, byte[] original, Instant receivedAt, String source) implements Collected {}
}
