package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import portrait.stages.unification.RulePreview;

/// One match rule as a form, with what it would find.
///
/// @param place in the definition; -1 for a new one
/// @param conditions those of the rule, then an empty one to fill in
/// @param exceptions likewise
public record RulePage(int place, String name, String left, String right, boolean active, List<String> leftColumns,
    List<String> rightColumns, List<Condition> conditions, List<Condition> exceptions, List<String> normalisations,
    List<String> comparisons, Optional<RulePreview> preview) {

  /// @param key of its fields in the form
  public record Condition(String key, String left, String right, Set<String> normalise, String compare,
      String precision, boolean differs) {}

  public String title(Messages text) {
    return place < 0 ? text.of("rule.new") : name;
  }
}
