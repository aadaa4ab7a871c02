package portrait.stages.segments;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.Dependents;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.LiveCondition;
import portrait.foundation.expressions.LiveFormula;
import portrait.foundation.expressions.Uses;
import portrait.stages.measures.CustomerMeasure;
import portrait.stages.measures.MeasureDefinition;
import portrait.stages.measures.Measures;

/// All segments of one snapshot of the definitions, compiled, each after those it depends on.
final class SegmentRules {

  /// @param version of the definition, kept in the history of memberships
  record Rule(SegmentDefinition definition, LiveCondition live, Uses uses, int version) {
    String name() {
      return definition.name();
    }

    Map<String, Expressions.Output> outputs() {
      return definition.projected();
    }

    /// Compiled when somebody asks: members are listed less often than customers change.
    Map<String, LiveFormula> projections() {
      var compiled = new LinkedHashMap<String, LiveFormula>();
      outputs().forEach((column, output) -> compiled.put(column, Expressions.live(output)));
      return compiled;
    }
  }

  private final List<SegmentDefinition> source;
  private final List<MeasureDefinition> measures;
  private final List<Rule> all;
  private final List<Rule> ordered;
  private final Uses uses;

  /// @param measured what the measures depend on
  SegmentRules(Definitions definitions, Uses measured) {
    this.source = definitions.all(Segments.KIND);
    this.measures = definitions.all(Measures.KIND);
    var names = measures.stream().filter(CustomerMeasure.class::isInstance).map(MeasureDefinition::name)
        .collect(Collectors.toSet());
    this.all = Dependents.ordered(source, SegmentDefinition::name, SegmentKind::segmentsOf).stream()
        .map(each -> each.readingMeasures(names))
        .map(each -> new Rule(each, Expressions.live(each.where(), each.zone()), Expressions.uses(each.where()),
            definitions.find(Segments.KIND.name(), each.name()).map(found -> found.version()).orElse(0)))
        .toList();
    this.ordered = all.stream().filter(rule -> rule.definition().isActive()).toList();
    this.uses = ordered.stream().map(Rule::uses).reduce(measured, Uses::and);
  }

  /// Whether they were made of what is defined now.
  boolean areOf(Definitions definitions) {
    return isSame(source, definitions.all(Segments.KIND)) && isSame(measures, definitions.all(Measures.KIND));
  }

  /// The very same objects: asked at every event, so it does not compare what is in them.
  private static <T> boolean isSame(List<T> known, List<T> current) {
    if (known == current) {
      return true;
    }
    if (known.size() != current.size()) {
      return false;
    }
    for (int i = 0; i < known.size(); i++) {
      if (known.get(i) != current.get(i)) {
        return false;
      }
    }
    return true;
  }

  /// Those switched off, too.
  List<Rule> all() {
    return all;
  }

  /// What those in force and the measures together depend on.
  Uses uses() {
    return uses;
  }

  /// Those in force.
  List<Rule> ordered() {
    return ordered;
  }
}
