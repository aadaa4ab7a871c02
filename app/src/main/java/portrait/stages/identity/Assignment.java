package portrait.stages.identity;

import java.time.Instant;
import portrait.foundation.model.Identity;

/// One identity and the customer it names now.
///
/// @param number of the identity: facts are anchored at it
/// @param known whether that customer holds an identity of a person namespace
public record Assignment(long number, Identity identity, CustomerKey customer, boolean known, Instant firstSeen,
    Instant lastSeen) {}
