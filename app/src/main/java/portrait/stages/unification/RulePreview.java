package portrait.stages.unification;

import java.util.List;
import java.util.Optional;

/// What one rule would find in the tables as they are, before it is saved.
///
/// @param records rows that it could join: those of the less important table, or of the one that it looks for duplicates
///        in
/// @param matched how many of them it joins
/// @param compared pairs that it looks at
/// @param pairs pairs that it joins
/// @param largeGroups groups left out because they are too large
/// @param recordsInLargeGroups how many records that concerns
/// @param histogram pairs by their score, in twenty steps from 0 to 1; pairs that are the same come in the last
/// @param samples pairs that match, the weakest first, and pairs that just do not, the strongest first
public record RulePreview(String rule, long records, long matched, long compared, long pairs, long largeGroups,
    long recordsInLargeGroups, List<Long> histogram, List<Sample> samples) {

  public RulePreview {
    histogram = List.copyOf(histogram);
    samples = List.copyOf(samples);
  }

  public long unmatched() {
    return records - matched;
  }

  /// @param one key of the record of the more important table
  /// @param explanation the waterfall of a pair that a probabilistic rule scored
  public record Sample(String one, String other, double score, boolean isMatch, List<Compared> columns,
      Optional<PairExplanation> explanation) {

    public Sample {
      columns = List.copyOf(columns);
    }

    /// Of a rule with conditions.
    public Sample(String one, String other, double score, boolean isMatch, List<Compared> columns) {
      this(one, other, score, isMatch, columns, Optional.empty());
    }
  }

  /// What one condition or exception saw.
  ///
  /// @param left as it is compared; null when it is missing
  /// @param score null when one of the values is missing
  /// @param holds whether the condition holds, or the exception speaks against the pair
  public record Compared(String leftColumn, String rightColumn, Optional<String> left, Optional<String> right,
      Optional<Double> score, boolean isException, boolean holds) {}
}
