package portrait.stages.identity;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import portrait.foundation.model.Identity;

/// Identities seen together in one fact, which therefore name one customer.
///
/// @param identities at least one; repeats are dropped
/// @param source where the fact came from
/// @param fact its id within the source, kept as the provenance of the links
/// @param at when it happened, to the microsecond: of two links that cannot both hold, the one seen last wins
public record Sighting(List<Identity> identities, String source, String fact, Instant at) {

  public Sighting {
    identities = List.copyOf(identities);
    at = at.truncatedTo(ChronoUnit.MICROS);
  }
}
