package portrait.stages.identity;

import java.time.Instant;
import portrait.foundation.model.Identity;

/// Two identities that a match rule holds for the same customer.
///
/// @param at when the match was first made; ignored for a match that is known already
public record MatchLink(Identity one, Identity other, String rule, double score, Instant at) {}
