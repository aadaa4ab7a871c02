package portrait.stages.matching;

import java.util.List;
import java.util.Optional;
import portrait.stages.matching.ProbabilisticRule.Field;

/// How one field of two records is compared: what is derived from each record once, and the levels of agreement.
///
/// All text is SQL of our own making; names are quoted and values never enter it.
///
/// @param derived columns of the normalised records, each of the attributes or of columns before it
/// @param levels from the strongest agreement down to none; the first whose condition holds is the pair's. Level 0 is none
///        of them: one side is missing
/// @param missing condition of level 0, over `l` and `r`
/// @param frequency the derived column whose rare values are stronger evidence than common ones
/// @param keys by which records that may agree are brought together
record Comparison(Field field, List<Derived> derived, String missing, List<Level> levels, Optional<String> frequency,
    List<Key> keys) {

  Comparison {
    derived = List.copyOf(derived);
    levels = List.copyOf(levels);
    keys = List.copyOf(keys);
  }

  /// Level numbers: 0 is missing, 1 is the strongest.
  int size() {
    return levels.size() + 1;
  }

  record Derived(String column, String sql) {}

  /// @param condition over the normalised records `l` and `r`; the last level's is empty
  /// @param start share of matches that are expected on this level before anything is learned
  record Level(String label, String condition, double start) {}

  /// @param name what a pair has in common, in words
  /// @param attribute the attribute it is made of, by which a rule may ask for it
  /// @param sql over the normalised record
  /// @param agreement share of matching pairs that agree on it, typically; the engine plans with it before it has seen any
  /// @param isWords whether `sql` is a list of words, each of which brings records together
  record Key(String name, String attribute, String sql, double agreement, boolean isWords) {}
}
