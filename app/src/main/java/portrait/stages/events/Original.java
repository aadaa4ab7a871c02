package portrait.stages.events;

import java.util.Optional;

/// A message as it came, so that one that is refused can be judged again.
///
/// @param bytes of this message alone, also when it came in a batch
/// @param type what the path of the call said it is; empty when the message says so itself
/// @param envelope what its batch said for all messages, as JSON: `context` and `sentAt`
public record Original(byte[] bytes, Optional<EventType> type, String envelope) {

  /// Of an event that was not collected as a message.
  static final Original NONE = new Original(new byte[0], Optional.empty(), "{}");

  /// A message that came alone.
  public Original(byte[] bytes, Optional<EventType> type) {
    this(bytes, type, "{}");
  }

  /// How much room it takes, in bytes or characters.
  int size() {
    return bytes.length + envelope.length();
  }
}
