package portrait.stages.identity;

import portrait.foundation.model.Identity;

/// A match that the graph keeps, seen from one of its two identities.
///
/// @param origin names the set of rules that made it
/// @param rule that made it
/// @param partner the other identity
/// @param number of the partner
public record KnownMatch(String origin, String rule, Identity partner, long number) {}
