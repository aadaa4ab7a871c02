package portrait.stages.identity;

import java.time.Instant;
import portrait.foundation.model.Identity;

/// An identity on a customer's key ring.
///
/// @param number what facts are anchored at
/// @param lastSeen up to an hour behind the newest sighting: it is written at most once an hour
public record KnownIdentity(long number, Identity identity, Instant firstSeen, Instant lastSeen) {}
