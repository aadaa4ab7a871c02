package portrait.processes.live;

import java.time.Instant;
import java.util.List;
import portrait.stages.identity.KnownIdentity;

/// An identity of a customer, as answers show it.
public record SeenIdentity(String namespace, String value, Instant firstSeen, Instant lastSeen) {

  static List<SeenIdentity> of(List<KnownIdentity> keyRing) {
    return keyRing.stream().map(known -> new SeenIdentity(known.identity().namespace(), known.identity().value(),
        known.firstSeen(), known.lastSeen())).toList();
  }
}
