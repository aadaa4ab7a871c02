package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.stages.unification.CustomerChanges;
import portrait.stages.unification.LikelyReport;
import portrait.stages.unification.LiveRule;
import portrait.stages.unification.MatchReport;

/// How several tables become one: what the last run found, table by table and rule by rule.
///
/// @param name of the definition; empty while there is none
/// @param choices tables that a new rule may compare
/// @param likely what the probabilistic rules found besides
public record UnifyPage(String name, Optional<MatchReport> matching, Optional<CustomerChanges> changes,
    List<Table> tables, List<Rule> rules, List<String> choices, List<LikelyReport.Rule> likely) {

  /// @param result of the last run, if the table took part
  public record Table(String table, boolean includeAll, int rules, Optional<MatchReport.TableResult> result) {}

  /// @param place in the definition, which is the order in which rules are tried
  /// @param summary its conditions in one line each
  /// @param rows of the less important table
  /// @param live whether it counts between two refreshes
  public record Rule(int place, String name, String left, String right, boolean active, List<String> summary, long rows,
      Optional<MatchReport.RuleResult> result, Optional<LiveRule> live) {

    /// Whether it is probabilistic: between no two tables of its own, and written as a definition only.
    public boolean isLikely() {
      return left.isEmpty();
    }
  }
}
