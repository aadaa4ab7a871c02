package portrait.stages.segments;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Dependents;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.LiveCondition;
import portrait.foundation.expressions.LiveFormula;
import portrait.foundation.expressions.Uses;
import portrait.foundation.model.Fingerprint;
import portrait.stages.consent.Purpose;
import portrait.stages.measures.CustomerMeasure;
import portrait.stages.measures.MeasureDefinition;
import portrait.stages.measures.Measures;

/// All segments of one snapshot of the definitions, compiled, each after those it depends on.
final class SegmentRules {

  /// @param version of the definition, kept in the history of memberships
  /// @param live who is in it; for a list, which of those on it
  /// @param written the segment without what it respects
  record Rule(SegmentDefinition definition, SegmentDefinition written, LiveCondition live, Uses uses, int version) {
    String name() {
      return definition.name();
    }

    /// For all customers at once.
    Expressions.Rule expression() {
      return new Expressions.Rule(name(), definition.where(), definition.zone());
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
  private final List<Purpose> purposes;
  private final List<Rule> all;
  private final List<Rule> ordered;
  private final Uses uses;
  private final Map<String, String> fingerprints = new HashMap<>();

  /// @param measured what the measures depend on
  /// @param fingerprintsOfMeasures of each about customers
  SegmentRules(Definitions definitions, Uses measured, Map<String, String> fingerprintsOfMeasures) {
    this.source = definitions.all(Segments.KIND);
    this.measures = definitions.all(Measures.KIND);
    this.purposes = definitions.all(Purpose.KIND);
    var names = measures.stream().filter(CustomerMeasure.class::isInstance).map(MeasureDefinition::name)
        .collect(Collectors.toSet());
    this.all = Dependents.ordered(source, SegmentDefinition::name, SegmentKind::segmentsOf).stream()
        .map(each -> each.readingMeasures(names))
        .map(each -> rule(each, definitions))
        .toList();
    this.ordered = all.stream().filter(rule -> rule.definition().isActive()).toList();
    this.uses = ordered.stream().map(Rule::uses).reduce(measured, Uses::and);
    ordered.forEach(rule -> fingerprints.put(rule.name(), fingerprint(rule, fingerprintsOfMeasures)));
  }

  private static Rule rule(SegmentDefinition segment, Definitions definitions) {
    var purposes = Purpose.respected(definitions, segment.purpose(), Purpose.Place.SEGMENTS);
    var definition = segment.respecting(purposes);
    var live = definition.isStatic() ? new Condition.All(purposes.stream().map(Purpose::condition).toList())
        : definition.where();
    return new Rule(definition, segment, Expressions.live(live, definition.zone()), Expressions.uses(live),
        definitions.find(Segments.KIND.name(), definition.name()).map(found -> found.version()).orElse(0));
  }

  private String fingerprint(Rule rule, Map<String, String> ofMeasures) {
    var parts = new ArrayList<>(List.of(Expressions.text(rule.definition().where()),
        rule.definition().zone().getId(), rule.definition().isStatic() ? "list" : "rule"));
    if (rule.definition().isStatic()) {
      parts.addAll(rule.uses().attributes().stream().sorted().toList());
    }
    rule.uses().measures().stream().sorted().forEach(name -> parts.add(name + " " + ofMeasures.get(name)));
    // One that is off has no members, which is its fingerprint.
    rule.uses().segments().stream().sorted().forEach(name -> parts.add(name + " " + fingerprints.get(name)));
    return Fingerprint.of(parts);
  }

  /// Of those in force.
  Map<String, String> fingerprints() {
    return Collections.unmodifiableMap(fingerprints);
  }

  /// Whether they were made of what is defined now.
  boolean areOf(Definitions definitions) {
    return isSame(source, definitions.all(Segments.KIND)) && isSame(measures, definitions.all(Measures.KIND))
        && isSame(purposes, definitions.all(Purpose.KIND));
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
