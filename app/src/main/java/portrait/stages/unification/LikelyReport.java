package portrait.stages.unification;

import java.time.Instant;
import java.util.List;
import portrait.foundation.model.Identity;

/// What the probabilistic rules found, and what they did not let through.
///
/// @param rules in the order of the definition; only those that ran
public record LikelyReport(Instant at, List<Rule> rules) {

  public LikelyReport {
    rules = List.copyOf(rules);
  }

  /// @param result in the words of the other rules
  /// @param related pairs of different people of one household or company
  /// @param refused likely matches that were not let through
  /// @param threshold probability from which a pair is a match
  /// @param blocks how pairs came into view
  /// @param refusals some of the refused pairs, the likeliest first
  /// @param suspicious clusters that are large or thinly linked, the worst first
  public record Rule(MatchReport.RuleResult result, long records, long related, long refused, double threshold,
      List<Block> blocks, List<Refusal> refusals, List<Cluster> suspicious) {

    public Rule {
      blocks = List.copyOf(blocks);
      refusals = List.copyOf(refusals);
      suspicious = List.copyOf(suspicious);
    }
  }

  /// @param keys what a pair has in common
  /// @param leftOut groups of equal values left out because they are too large to say anything about a person
  public record Block(String keys, long pairs, long leftOut) {}

  /// @param probability that the two records are one person, by themselves
  public record Refusal(Identity one, Identity other, double probability, String reason) {}

  /// @param record the first record of the cluster
  /// @param links matches inside it; a chain has one fewer than records
  public record Cluster(Identity record, int records, int links) {}
}
