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
/// @param words the derived column that is a list of words, where words are compared: conditions may then use `common`, how
///        many words both records have, and a column of its name and [#RARE], the words that few records have
record Comparison(Field field, List<Derived> derived, String missing, List<Level> levels, Optional<String> frequency,
    List<Key> keys, Optional<String> words) {

  /// Ends the name of the column with a record's rare words.
  static final String RARE = "_rare";

  Comparison {
    derived = List.copyOf(derived);
    levels = List.copyOf(levels);
    keys = List.copyOf(keys);
  }

  /// Level numbers: 0 is missing, 1 is the strongest.
  int size() {
    return levels.size() + 1;
  }

  /// The level of a pair as SQL over the normalised records `l` and `r`.
  String level() {
    var cases = new StringBuilder("CASE WHEN " + missing + " THEN 0");
    for (int level = 1; level < levels.size(); level++) {
      cases.append(" WHEN ").append(levels.get(level - 1).condition()).append(" THEN ").append(level);
    }
    cases.append(" ELSE ").append(levels.size()).append(" END");
    // The function is there so that the words are compared once, not once for each level.
    return words
        .map(column -> "list_transform([len(list_intersect(l.%1$s, r.%1$s))], lambda common: %2$s)[1]".formatted(column,
            cases))
        .orElseGet(cases::toString);
  }

  /// Whether records with the same key have the strongest agreement on the whole field.
  boolean isWhole(Key key) {
    return levels.getFirst().condition().equals("l.%1$s = r.%1$s".formatted(key.sql()));
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
