package portrait.stages.unification;

import java.util.List;

/// What the match rules found.
///
/// @param records rows of all unified tables
/// @param pairs pairs of records that some rule joins
/// @param tables rows per table, in the order of importance
/// @param rules in the order of the definition; only those that ran
public record MatchReport(long records, long pairs, List<TableResult> tables, List<RuleResult> rules) {

  public static final MatchReport NOTHING = new MatchReport(0, 0, List.of(), List.of());

  public MatchReport {
    tables = List.copyOf(tables);
    rules = List.copyOf(rules);
  }

  /// @param withoutKey rows left out because their primary key is empty
  public record TableResult(String table, long rows, long withoutKey) {}

  /// @param compared pairs that it looked at
  /// @param pairs pairs that this rule joins
  /// @param largeGroups groups of equal values that were left out because they are too large to be one person
  /// @param recordsInLargeGroups how many records that concerns
  public record RuleResult(String rule, long compared, long pairs, long largeGroups, long recordsInLargeGroups) {}
}
