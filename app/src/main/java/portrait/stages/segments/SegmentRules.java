package portrait.stages.segments;

import java.util.List;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.Dependents;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.LiveCondition;
import portrait.foundation.expressions.Uses;

/// All segments of one snapshot of the definitions, compiled, each after those it depends on.
final class SegmentRules {

  /// @param version of the definition, kept in the history of memberships
  record Rule(SegmentDefinition definition, LiveCondition live, Uses uses, int version) {
    String name() {
      return definition.name();
    }
  }

  private final List<SegmentDefinition> source;
  private final List<Rule> ordered;

  SegmentRules(List<SegmentDefinition> source, Definitions definitions) {
    this.source = List.copyOf(source);
    this.ordered = Dependents.ordered(source, SegmentDefinition::name, SegmentKind::segmentsOf).stream()
        .map(each -> new Rule(each, Expressions.live(each.where(), each.zone()), Expressions.uses(each.where()),
            definitions.find(Segments.KIND.name(), each.name()).map(found -> found.version()).orElse(0)))
        .toList();
  }

  /// Whether they were made of these very definitions.
  boolean isOf(List<SegmentDefinition> definitions) {
    if (definitions.size() != source.size()) {
      return false;
    }
    for (int i = 0; i < source.size(); i++) {
      if (source.get(i) != definitions.get(i)) {
        return false;
      }
    }
    return true;
  }

  List<Rule> ordered() {
    return ordered;
  }
}
