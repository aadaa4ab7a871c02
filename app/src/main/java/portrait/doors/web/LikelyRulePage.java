package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.stages.unification.RulePreview;

/// One probabilistic rule as a form, with what it would find.
///
/// @param place in the definition; -1 for a new one
/// @param tables the unified ones
/// @param fields those of the rule, then empty ones to fill in
/// @param attributes that the unified tables give
/// @param blocks one on each line; empty where the engine chooses
/// @param relatives whether people of one household are a class of their own
public record LikelyRulePage(int place, String name, boolean active, List<Table> tables, List<Field> fields,
    List<String> attributes, List<Type> types, String blocks, String pairs, String threshold, boolean relatives,
    Optional<RulePreview> preview) {

  /// @param isChosen whether it takes part
  public record Table(String name, boolean isChosen) {}

  /// @param key of its fields in the form
  /// @param attributes joined by commas
  /// @param type empty when the name tells it
  /// @param shared `yes`, `no`, or empty for what is usual for the type
  public record Field(String key, String name, String attributes, String type, String shared) {}

  /// @param text as it is written in a definition
  /// @param levels how far two values may agree, as keys of words
  public record Type(String text, List<Level> levels) {}

  public record Level(String key, String text) {}

  public String title(Messages text) {
    return place < 0 ? text.of("likelyRule.new") : name;
  }
}
