package portrait.stages.segments;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Dependents;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Zones;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.stages.measures.CustomerMeasure;
import portrait.stages.measures.MeasureDefinition;
import portrait.stages.measures.Measures;
import tools.jackson.databind.JsonNode;

/// Definitions of kind `Segment`.
final class SegmentKind implements Kind<SegmentDefinition> {

  @Override
  public String name() {
    return "Segment";
  }

  @Override
  public SegmentDefinition parse(String name, JsonNode spec) {
    try {
      var where = Expressions.condition(spec.path("where"), "where");
      var zone = zone(spec);
      // Written as SQL once, so that what cannot be is refused here and not in tonight's refresh.
      Expressions.members(where, Instant.EPOCH, zone, new Columns(new Schema(List.of()), new Schema(List.of())));
      return new SegmentDefinition(name, spec.path("title").asString(name), spec.path("description").asString(""),
          where, zone, spec.path("active").asBoolean(true),
          spec.path("tags").valueStream().map(JsonNode::asString).toList());
    } catch (ProblemException wrong) {
      var problem = wrong.problem();
      throw new ProblemException(new Problem(Problem.Code.INVALID_DEFINITION,
          "Segment %s: %s".formatted(name, problem.message()), problem.hint(), problem.details()), wrong);
    }
  }

  private static ZoneId zone(JsonNode spec) {
    try {
      return spec.has("time_zone") ? Zones.of(spec.get("time_zone").stringValue()) : ZoneOffset.UTC;
    } catch (IllegalArgumentException unknown) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_DEFINITION, "time_zone: " + unknown.getMessage(),
          "Use a name of the IANA list such as Europe/Paris."), unknown);
    }
  }

  @Override
  public List<Problem> check(SegmentDefinition parsed, Definitions others) {
    var segments = new HashMap<String, Set<String>>();
    others.all(this).forEach(each -> segments.put(each.name(), segmentsOf(each)));
    segments.put(parsed.name(), segmentsOf(parsed));
    var measures = others.all(Measures.KIND).stream().filter(CustomerMeasure.class::isInstance)
        .map(MeasureDefinition::name).collect(Collectors.toSet());
    var uses = Expressions.uses(parsed.where());
    var problems = new ArrayList<Problem>();
    missing(parsed, "segment", uses.segments(), segments.keySet(), problems);
    missing(parsed, "measure", uses.measures(), measures, problems);
    Dependents.cycle(parsed.name(), segments).ifPresent(path -> problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
        "Segment %s: it depends on itself: %s".formatted(parsed.name(), String.join(" uses ", path)))));
    return problems;
  }

  private static void missing(SegmentDefinition parsed, String what, Set<String> used, Set<String> known,
      List<Problem> problems) {
    used.stream().filter(name -> !known.contains(name)).sorted()
        .forEach(name -> problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
            "Segment %s: where uses %s '%s' but there is no such %s".formatted(parsed.name(), what, name, what),
            known.isEmpty() ? "There is no %s yet.".formatted(what)
                : "There are: " + String.join(", ", known.stream().sorted().toList()))));
  }

  static Set<String> segmentsOf(SegmentDefinition definition) {
    return Expressions.uses(definition.where()).segments();
  }

  @Override
  public List<String> uses(SegmentDefinition parsed) {
    var uses = Expressions.uses(parsed.where());
    // An attribute may turn out to be a measure of that name.
    var numbers = Stream.concat(uses.measures().stream(), uses.attributes().stream()).distinct();
    return Stream.concat(uses.segments().stream().map(name -> "Segment/" + name),
        numbers.map(name -> "Measure/" + name)).sorted().toList();
  }
}
