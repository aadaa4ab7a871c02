package portrait.stages.measures;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import portrait.foundation.expressions.Dependents;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Formula;
import portrait.foundation.expressions.LiveFormula;
import portrait.foundation.expressions.Subject;
import portrait.foundation.expressions.Touched;
import portrait.foundation.expressions.Uses;
import portrait.foundation.model.Fingerprint;

/// All measures of one snapshot of the definitions, ready to evaluate. A measure that builds on others carries their
/// formulas, so each is complete in itself and both evaluators see the same tree.
final class CompiledMeasures {

  /// @param output what is computed, with the formulas of other measures inside
  record Compiled(CustomerMeasure definition, Expressions.Output output, LiveFormula live, Uses uses) {}

  private final List<MeasureDefinition> source;
  private final List<Compiled> ordered = new ArrayList<>();
  private final List<MeasureTable> tables = new ArrayList<>();
  private final Map<String, LiveTable> live = new LinkedHashMap<>();
  private final Map<String, Formula> numbers = new LinkedHashMap<>();
  private final Uses uses;
  private final Map<String, String> fingerprints = new HashMap<>();

  CompiledMeasures(List<MeasureDefinition> source) {
    this.source = List.copyOf(source);
    var formulas = new LinkedHashMap<String, Formula>();
    for (var each : Dependents.ordered(source, MeasureDefinition::name, MeasureKind::measuresOf)) {
      switch (each) {
        case CustomerMeasure definition -> add(definition, formulas);
        case MeasureTable table -> add(table);
      }
    }
    this.uses = ordered.stream().map(Compiled::uses).reduce(Uses.NOTHING, Uses::and);
  }

  private void add(MeasureTable table) {
    tables.add(table);
    var parts = new ArrayList<>(List.of(table.schema().toString(), table.zone().getId()));
    table.events().ifPresent(events -> parts.add(Expressions.text(
        Expressions.aggregate("count", "", "", events))));
    table.dimensions().forEach(dimension -> parts.add(Expressions.text(dimension.of()) + " " + dimension.bucket()));
    table.outputs(numbers).values().forEach(output -> parts.add(Expressions.text(output.formula())));
    fingerprints.put(table.name(), Fingerprint.of(parts));
    if (table.isNumber()) {
      table.outputs(numbers).values().forEach(output -> numbers.put(table.name(), output.formula()));
    }
    if (!table.isOfBusiness()) {
      live.put(table.name(), new LiveTable(table));
    }
  }

  private void add(CustomerMeasure definition, Map<String, Formula> formulas) {
    var inlined = Expressions.inlined(definition.whole(), name -> Optional.ofNullable(formulas.get(name)));
    formulas.put(definition.name(), inlined);
    var output = definition.output(inlined);
    fingerprints.put(definition.name(), Fingerprint.of(List.of(Expressions.text(inlined), definition.type().text(),
        definition.zone().getId())));
    ordered.add(new Compiled(definition, output, Expressions.live(output), Expressions.uses(inlined)));
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

  /// Those that are tables, each after those it counts with.
  List<MeasureTable> tables() {
    return tables;
  }

  /// Formulas of the numbers about the whole business.
  Map<String, Formula> numbers() {
    return numbers;
  }

  /// One about customers, ready for one of them.
  LiveTable live(MeasureTable table) {
    return Objects.requireNonNull(live.get(table.name()));
  }

  /// By name, tables included.
  Map<String, String> fingerprints() {
    return Collections.unmodifiableMap(fingerprints);
  }

  /// What one about customers was defined with.
  Uses uses(String name) {
    return ordered.stream().filter(each -> each.definition().name().equals(name)).findFirst().orElseThrow().definition()
        .uses();
  }

  /// What all of them together depend on.
  Uses uses() {
    return uses;
  }

  /// Each of them answered.
  Answers answers(Subject subject, Instant now) {
    return new Answers(this, ordered.stream().map(measure -> measure.live().answer(subject, now)).toList());
  }

  /// The same answers again, except where something touched a measure, or its time has come.
  Answers answers(Subject subject, Instant now, Touched touched, Answers before) {
    if (before.of() != this) {
      return answers(subject, now);
    }
    List<LiveFormula.Answer> after = null;
    for (int i = 0; i < ordered.size(); i++) {
      var changesAt = before.each().get(i).changesAt();
      if (touched.reaches(ordered.get(i).uses()) || changesAt != null && !changesAt.isAfter(now)) {
        after = after == null ? new ArrayList<>(before.each()) : after;
        after.set(i, ordered.get(i).live().answer(subject, now));
      }
    }
    return after == null ? before : new Answers(this, after);
  }

  Map<String, Expressions.Output> outputs() {
    var outputs = new LinkedHashMap<String, Expressions.Output>();
    ordered.forEach(each -> outputs.put(each.definition().name(), each.output()));
    return outputs;
  }
}
