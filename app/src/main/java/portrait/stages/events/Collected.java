package portrait.stages.events;

import java.time.Instant;
import java.util.Optional;
import portrait.foundation.model.Problem;

/// What validation made of one message.
public sealed interface Collected {

  /// How much room it takes while it waits, in characters or bytes.
  int size();

  /// It can be taken in. The columns that hold JSON are written here, by the thread that received the message, because
  /// the one thread that writes to the store is the bottleneck.
  record Accepted(Event event, String identities, String properties, String context) implements Collected {

    public static Accepted of(Event event) {
      return new Accepted(event, EventJson.text(event.identities()), EventJson.text(event.properties()),
          EventJson.text(event.context()));
    }

    /// The same message as one that could not be applied.
    public Refused refused(Problem reason) {
      return new Refused(reason, EventJson.MAPPER.writeValueAsBytes(event), event.receivedAt(), event.source());
    }

    @Override
    public int size() {
      return identities.length() + properties.length() + context.length();
    }
  }

  /// It cannot: it goes to the quarantine with the reason and the bytes as they came.
  ///
  /// @param type what the path of the call said it is; empty when the message says so itself
  record Refused(Problem reason, byte[] original, Instant receivedAt, String source,
      Optional<EventType> type) implements Collected {

    public Refused(Problem reason, byte[] original, Instant receivedAt, String source) {
      this(reason, original, receivedAt, source, Optional.empty());
    }

    @Override
    public int size() {
      return original.length;
    }
  }
}
