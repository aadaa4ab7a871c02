package portrait.stages.measures;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import portrait.foundation.expressions.Dependents;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Formula;
import portrait.foundation.expressions.LiveFormula;
import portrait.foundation.expressions.Uses;

/// All measures of one snapshot of the definitions, ready to evaluate. A measure that builds on others carries their
/// formulas, so each is complete in itself and both evaluators see the same tree.
final class CompiledMeasures {

  /// @param output what is computed, with the formulas of other measures inside
  record Compiled(MeasureDefinition definition, Expressions.Output output, LiveFormula live, Uses uses) {}

  private final List<MeasureDefinition> source;
  private final List<Compiled> ordered = new ArrayList<>();

  CompiledMeasures(List<MeasureDefinition> source) {
    this.source = List.copyOf(source);
    var formulas = new LinkedHashMap<String, Formula>();
    for (var definition : Dependents.ordered(source, MeasureDefinition::name, MeasureKind::measuresOf)) {
      var inlined = Expressions.inlined(definition.whole(), name -> Optional.ofNullable(formulas.get(name)));
      formulas.put(definition.name(), inlined);
      var output = definition.output(inlined);
      ordered.add(new Compiled(definition, output, Expressions.live(output), Expressions.uses(inlined)));
    }
  }

  /// Whether it was made of these very definitions.
  boolean isOf(List<MeasureDefinition> definitions) {
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

  List<Compiled> ordered() {
    return ordered;
  }

  Map<String, Expressions.Output> outputs() {
    var outputs = new LinkedHashMap<String, Expressions.Output>();
    ordered.forEach(each -> outputs.put(each.definition().name(), each.output()));
    return outputs;
  }
}
