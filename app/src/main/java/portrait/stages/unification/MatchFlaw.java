package portrait.stages.unification;

import java.util.Set;

/// What a record is found by, or live matched with, is not what follows from what is said about it.
///
/// @param kind in words
/// @param identities about which something is wrong
public record MatchFlaw(String kind, Set<Long> identities) {

  /// A record is found by other keys than those of its texts.
  static final String KEYS = "match keys wrong";
  /// A link that a rule made between two refreshes is missing, or unfounded.
  static final String LINK = "live match wrong";

  public MatchFlaw {
    identities = Set.copyOf(identities);
  }
}
