package portrait.stages.identity;

import java.time.Instant;
import portrait.foundation.model.Identity;

/// Two identities that one source or match rule says are the same customer.
///
/// @param source an event source, a source table, or the origin of a match
/// @param fact the fact that said so last; empty for matches
/// @param rule the match rule; empty when they were seen together in one fact
/// @param score how sure the match rule is, 1 for facts
/// @param lastSeen up to an hour behind the newest sighting: it is written at most once an hour
/// @param isCut whether the link is kept as history only, because a newer or stronger one contradicts it
public record Link(Identity one, Identity other, String source, String fact, String rule, double score,
    Instant firstSeen, Instant lastSeen, boolean isCut) {}
