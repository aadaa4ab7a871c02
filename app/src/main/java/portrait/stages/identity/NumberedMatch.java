package portrait.stages.identity;

import java.time.Instant;

/// Two identities, by their numbers, that a match rule holds for the same customer.
///
/// @param at when the match was first made; ignored for a match that is known already
public record NumberedMatch(long one, long other, String rule, double score, Instant at) {}
