package portrait.stages.matching;

import java.util.List;

/// Why a pair has its score, as a waterfall: the bits of all steps add up to the weight.
///
/// @param weight binary logarithm of the odds that the two records are one person
/// @param probability the same between 0 and 1
public record Explanation(double weight, double probability, List<Step> steps) {

  public Explanation {
    steps = List.copyOf(steps);
  }

  /// @param field what was compared
  /// @param level how far it agrees
  /// @param bits what that adds to the weight, given the fields before it
  public record Step(String field, String level, double bits) {}
}
