package portrait.processes.refresh;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Schema;
import portrait.stages.enrichments.Enrichments;
import portrait.stages.measures.CustomerMeasure;
import portrait.stages.measures.MeasureDefinition;
import portrait.stages.measures.Measures;
import portrait.stages.segments.SegmentDefinition;
import portrait.stages.segments.Segments;
import portrait.stages.sources.Sources;
import tools.jackson.databind.JsonNode;

/// Refuses segments and measures that read an attribute which nobody has: mostly it is misspelt. Nothing is refused
/// before the first refresh, when no attribute is known, and a draft may wait for its data.
public final class KnownAttributes {

  private final Stages stages;

  private KnownAttributes(Stages stages) {
    this.stages = stages;
  }

  /// From now on.
  public static void guard(Definitions definitions, Stages stages) {
    var known = new KnownAttributes(stages);
    definitions.guard(Segments.KIND, known::ofSegment);
    definitions.guard(Measures.KIND, known::ofMeasure);
    ChangeGuard.guard(definitions, stages);
  }

  private List<Problem> ofSegment(SegmentDefinition segment, Definition definition, Definitions others) {
    return segment.isActive() ? problems(segment.uses().attributes(), definition, others) : List.of();
  }

  private List<Problem> ofMeasure(MeasureDefinition measure, Definition definition, Definitions others) {
    return measure instanceof CustomerMeasure ? problems(measure.uses().attributes(), definition, others) : List.of();
  }

  private List<Problem> problems(Set<String> names, Definition definition, Definitions others) {
    if (names.isEmpty()) {
      return List.of();
    }
    var columns = stages.warehouse().read(Columns::of).customer().columns();
    if (columns.isEmpty()) {
      return List.of();
    }
    var known = columns.stream().map(Schema.Column::name).collect(Collectors.toCollection(LinkedHashSet::new));
    others.all(Measures.KIND).stream().map(MeasureDefinition::name).forEach(known::add);
    stages.sources().tables().forEach(table -> table.columns().forEach(column -> known.add(column.name())));
    var problems = new ArrayList<Problem>();
    for (String name : names.stream().sorted().toList()) {
      if (!known.contains(name) && !isDeclared(name, others)
          && !stages.database().read(transaction -> stages.profiles().isAttribute(transaction, name))) {
        problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
            "%s: %s".formatted(path(definition.spec(), name, "").orElse("where"),
                Expressions.unknownAttribute(name, known)),
            "A segment that waits for its data can be saved as a draft, with active: false."));
      }
    }
    return problems;
  }

  /// Whether a source or its unification names it, so that a refresh will bring it.
  private static boolean isDeclared(String name, Definitions others) {
    return others.kinds().stream().filter(Set.of(Sources.KIND.name(), "Unification", Enrichments.KIND.name())::contains)
        .flatMap(kind -> others.list(kind).stream()).anyMatch(each -> names(each.spec(), name));
  }

  private static boolean names(JsonNode node, String name) {
    return node.isString() ? node.stringValue().equals(name)
        : node.isObject() && node.has(name) || node.valueStream().anyMatch(inner -> names(inner, name));
  }

  /// Where in the definition the name stands: `where.all[1].attribute.ctiy`.
  private static Optional<String> path(JsonNode node, String name, String here) {
    if (node.isString()) {
      return node.stringValue().contains(name) ? Optional.of(here) : Optional.empty();
    }
    if (node.isObject()) {
      for (var member : node.properties()) {
        String inner = here.isEmpty() ? member.getKey() : here + "." + member.getKey();
        boolean isIt = here.endsWith("attribute") && member.getKey().equals(name);
        var found = isIt ? Optional.of(inner)
            : Set.of("title", "description", "tags").contains(inner) ? Optional.<String>empty()
                : path(member.getValue(), name, inner);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    for (int place = 0; node.isArray() && place < node.size(); place++) {
      var found = path(node.get(place), name, "%s[%d]".formatted(here, place));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }
}
