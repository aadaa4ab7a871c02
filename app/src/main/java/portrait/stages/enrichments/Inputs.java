package portrait.stages.enrichments;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.LiveFormula;
import portrait.foundation.expressions.Subject;
import portrait.foundation.expressions.ValueType;
import portrait.foundation.model.ColumnType;
import portrait.stages.enrichments.providers.Provider;

/// What is told about a customer.
final class Inputs {

  private final Map<String, LiveFormula> formulas = new TreeMap<>();
  private final Set<String> required;
  private final boolean readsMeasures;

  Inputs(EnrichmentDefinition enrichment, Provider<?, ?> provider) {
    enrichment.inputs().forEach((name, input) -> formulas.put(name, Expressions.live(new Expressions.Output(
        Expressions.converted(input.formula(), ValueType.TEXT), ColumnType.STRING, ZoneOffset.UTC))));
    this.required = provider.takesOtherInputs() ? enrichment.inputs().keySet()
        : provider.inputs().stream().filter(Provider.Input::isRequired).map(Provider.Input::name)
            .collect(Collectors.toSet());
    this.readsMeasures = enrichment.inputs().values().stream()
        .anyMatch(input -> !Expressions.uses(input.formula()).measures().isEmpty());
  }

  boolean readsMeasures() {
    return readsMeasures;
  }

  /// @return empty when something is missing without which nobody is asked about
  Optional<Map<String, String>> of(Subject subject, Instant now) {
    var values = new HashMap<String, String>();
    formulas.forEach((name, formula) -> {
      if (formula.answer(subject, now).value() instanceof String text && !text.isBlank()) {
        values.put(name, text.strip());
      }
    });
    return values.isEmpty() || !values.keySet().containsAll(required) ? Optional.empty() : Optional.of(values);
  }
}
