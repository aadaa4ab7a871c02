package portrait.stages.events;

import java.util.List;
import java.util.Optional;

/// Some messages of the quarantine, newest first.
///
/// @param next cursor of the following page; absent on the last
public record RefusedMessages(List<QuarantinedEvent> messages, Optional<String> next, QuarantineStock stock) {

  public RefusedMessages {
    messages = List.copyOf(messages);
  }
}
