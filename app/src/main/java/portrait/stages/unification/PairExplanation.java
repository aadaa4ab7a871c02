package portrait.stages.unification;

import java.util.List;
import java.util.Optional;
import portrait.foundation.model.Identity;

/// Why a probabilistic rule holds two records for one person, or does not: a waterfall whose steps add up to the weight.
///
/// @param weight binary logarithm of the odds that the two records are one person
/// @param probability the same between 0 and 1
/// @param refused why the pair was not let through although it is likely by itself
/// @param isRelated whether they are different people of one household or company
public record PairExplanation(String rule, Identity one, Identity other, double weight, double probability,
    Optional<String> refused, boolean isRelated, List<Step> steps) {

  public PairExplanation {
    steps = List.copyOf(steps);
  }

  /// @param field what was compared; empty for what does not hang on a field
  /// @param level how far it agrees
  /// @param bits what that adds to the weight, given the steps before it
  /// @param left what the one record says
  /// @param right what the other one says
  public record Step(String field, String level, double bits, String left, String right) {}
}
