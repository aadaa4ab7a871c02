package portrait.stages.unification;

import java.util.List;
import java.util.Map;
import portrait.stages.policies.MergePolicy;

/// How several customer tables become one.
///
/// @param tables in order of importance, the primary table first
/// @param rules in the order in which they are tried
/// @param merge which value wins when records disagree, where no MergePolicy is the default
/// @param rulesTried whether a record that one rule has joined to a table is shown to the next rules for that table
/// @param blockSizeMax how many records may agree on the values of a rule; a larger group is no evidence that they are
///        one person, so it is left out and reported
public record UnificationDefinition(String name, List<UnifiedTable> tables, List<MatchRule> rules, MergePolicy merge,
    RulesTried rulesTried, int blockSizeMax) {

  public UnificationDefinition {
    tables = List.copyOf(tables);
    rules = List.copyOf(rules);
  }

  /// Where a table stands in the order of importance, from 0.
  int rank(String table) {
    for (int rank = 0; rank < tables.size(); rank++) {
      if (tables.get(rank).table().equals(table)) {
        return rank;
      }
    }
    throw new IllegalArgumentException(table);
  }

  /// @param table its full name: `shop.contacts`
  /// @param includeAll whether its rows become customers although nothing else is known of them
  /// @param attributes column by attribute; empty means every column under its own name
  public record UnifiedTable(String table, boolean includeAll, Map<String, String> attributes) {

    public UnifiedTable {
      attributes = Map.copyOf(attributes);
    }
  }

  /// Two records are one person when all conditions hold. Left and right are the same table in a rule that finds
  /// duplicates within it.
  ///
  /// @param active a rule that is not is kept but does not run
  public record MatchRule(String name, String left, String right, List<Condition> conditions, boolean active) {

    public MatchRule {
      conditions = List.copyOf(conditions);
    }

    /// Whether it compares the records of one table with each other.
    public boolean isDeduplication() {
      return left.equals(right);
    }
  }

  /// Two columns agree exactly, after normalising both.
  public record Condition(String left, String right, List<Normalisation> normalise) {

    public Condition {
      normalise = normalise.stream().distinct().sorted().toList();
    }
  }

  /// How far a record goes through the rules for one other table.
  public enum RulesTried {
    /** It stops at the first rule that joins it to a record of that table. */
    UNTIL_FIRST_HIT,
    /** It is shown to all of them. */
    ALL
  }
}
