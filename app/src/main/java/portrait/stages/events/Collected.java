package portrait.stages.events;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;

/// What validation made of one message.
public sealed interface Collected {

  /// How much room it takes while it waits, in characters or bytes.
  int size();

  /// It can be taken in. The columns that hold JSON are written here, by the thread that received the message, because
  /// the one thread that writes to the store is the bottleneck.
  record Accepted(Event event, String identities, String properties, String context,
      Original original) implements Collected {

    /// An event that was not collected as a message.
    public static Accepted of(Event event) {
      return of(event, Original.NONE);
    }

    public static Accepted of(Event event, Original original) {
      return new Accepted(event, EventJson.text(event.identities()), EventJson.text(event.properties()),
          EventJson.text(event.context()), original);
    }

    /// The same message about other identities.
    public Accepted withIdentities(List<Identity> others) {
      return new Accepted(event.withIdentities(others), EventJson.text(others), properties, context, original);
    }

    /// The same message as one that could not be applied; where its bytes are not at hand, the event stands for them.
    public Refused refused(Problem reason) {
      var kept = original.bytes().length > 0 ? original
          : new Original(EventJson.MAPPER.writeValueAsBytes(event), Optional.of(event.type()));
      return new Refused(reason, kept, event.receivedAt(), event.source());
    }

    @Override
    public int size() {
      return identities.length() + properties.length() + context.length() + original.size();
    }
  }

  /// It cannot: it goes to the quarantine with the reason and the bytes as they came.
  record Refused(Problem reason, Original original, Instant receivedAt, String source) implements Collected {

    @Override
    public int size() {
      return original.size();
    }
  }
}
