package portrait.stages.unification;

import java.time.Instant;
import java.util.List;

/// What the match rules found.
///
/// @param records rows of all unified tables
/// @param unique what is left of them when those that the rules join count once
/// @param matched how many of those are made of several records
/// @param pairs pairs of records that some rule joins
/// @param tables in the order of importance
/// @param between pairs of tables that some rule compares
/// @param rules in the order of the definition; only those that ran
public record MatchReport(Instant at, long records, long unique, long matched, long pairs, List<TableResult> tables,
    List<BetweenResult> between, List<RuleResult> rules) {

  public MatchReport {
    tables = List.copyOf(tables);
    between = List.copyOf(between);
    rules = List.copyOf(rules);
  }

  static MatchReport nothing(Instant at) {
    return new MatchReport(at, 0, 0, 0, 0, List.of(), List.of(), List.of());
  }

  /// @param withoutKey rows left out because their primary key is empty
  /// @param duplicates rows that are the same as another one of this table
  /// @param matched rows that are the same as one of another table
  public record TableResult(String table, long rows, long withoutKey, long duplicates, long matched) {}

  /// @param matched rows of the less important table that are joined to one of the other
  public record BetweenResult(String table, String other, long pairs, long matched) {}

  /// @param compared pairs that it looked at
  /// @param pairs pairs that this rule joins
  /// @param matched records of the less important table that it joins
  /// @param largeGroups groups of equal values that were left out because they are too large to be one person
  /// @param recordsInLargeGroups how many records that concerns
  public record RuleResult(String rule, long compared, long pairs, long matched, long largeGroups,
      long recordsInLargeGroups) {}
}
