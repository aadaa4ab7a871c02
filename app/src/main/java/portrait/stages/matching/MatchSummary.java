package portrait.stages.matching;

import java.util.List;

/// What the engine did.
///
/// @param candidates pairs that were compared
/// @param matches links it holds: only these are reported to the identity graph
/// @param refused likely matches that a constraint or the evidence of others spoke against
/// @param related pairs of different people who share a household or company
/// @param threshold probability from which a pair is a match
/// @param blocks how the candidates were found
/// @param suspicious clusters that are large or thinly linked, the worst first
public record MatchSummary(long records, long candidates, long matches, long refused, long related, double threshold,
    List<Block> blocks, List<Suspicion> suspicious) {

  public MatchSummary {
    blocks = List.copyOf(blocks);
    suspicious = List.copyOf(suspicious);
  }

  /// @param keys what a pair has in common
  /// @param pairs how many such pairs there are
  /// @param leftOut groups of equal values left out because they are too large to say anything about a person
  public record Block(String keys, long pairs, long leftOut) {}

  /// @param record the first record of the cluster
  /// @param links matches inside it; a chain has one fewer than records
  public record Suspicion(int record, int records, int links) {}
}
