package portrait.stages.segments;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Zones;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.stages.consent.Purpose;
import portrait.stages.measures.CustomerMeasure;
import portrait.stages.measures.MeasureDefinition;
import portrait.stages.measures.Measures;
import tools.jackson.databind.JsonNode;

/// Definitions of kind `Segment`.
final class SegmentKind implements Kind<SegmentDefinition> {

  private static final Pattern COLUMN = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,62}");
  private static final Columns NONE = new Columns(new Schema(List.of()), new Schema(List.of()));

  @Override
  public String name() {
    return "Segment";
  }

  @Override
  public SegmentDefinition parse(String name, JsonNode spec) {
    boolean isStatic = spec.path("static").asBoolean(false);
    if (isStatic == spec.has("where")) {
      throw Problem
          .of(Problem.Code.INVALID_DEFINITION, isStatic ? "it has both static and where but must have one of them"
              : "where is missing but must say who is in it", "A segment has a rule, or static: true and a list.")
          .asException();
    }
    // Whose members are on a list has a rule that nobody fits.
    var where = isStatic ? new Condition.Any(List.of()) : Expressions.condition(spec.path("where"), "where");
    var zone = Zones.ofSpec(spec);
    // Written as SQL once, so that what cannot be is refused here and not in tonight's refresh.
    Expressions.members(where, Instant.EPOCH, zone, NONE);
    var projected = projected(spec.path("project"), zone);
    return new SegmentDefinition(name, spec.path("title").asString(name), spec.path("description").asString(""),
        where, zone, isStatic, projected, spec.path("active").asBoolean(true),
        spec.path("tags").valueStream().map(JsonNode::asString).toList(),
        Optional.of(spec.path("purpose").asString("")).filter(purpose -> !purpose.isEmpty()));
  }

  private static Map<String, Expressions.Output> projected(JsonNode written, ZoneId zone) {
    var projected = new LinkedHashMap<String, Expressions.Output>();
    written.forEachEntry((name, formula) -> {
      try {
        if (!COLUMN.matcher(name).matches() || name.equalsIgnoreCase("CustomerId")
            || projected.keySet().stream().anyMatch(name::equalsIgnoreCase)) {
          throw Problem.of(Problem.Code.INVALID_DEFINITION,
              "the name must be unlike the others and CustomerId, start with a letter and have up to 63 letters, digits and '_'")
              .asException();
        }
        var parsed = Expressions.formula(formula.stringValue());
        var column = switch (Expressions.type(parsed)) {
          case TEXT, ANY -> ColumnType.STRING;
          case NUMBER -> ColumnType.NUMBER;
          case BOOLEAN -> ColumnType.BOOLEAN;
          case DATE -> ColumnType.DATE;
          case TIMESTAMP -> ColumnType.TIMESTAMP;
        };
        projected.put(name, new Expressions.Output(parsed, column, zone));
        Expressions.values(projected, Instant.EPOCH, NONE);
      } catch (ProblemException wrong) {
        var problem = wrong.problem();
        throw new ProblemException(new Problem(problem.code(), "project.%s: %s".formatted(name, problem.message()),
            problem.hint(), problem.details()), wrong);
      }
    });
    return projected;
  }

  @Override
  public List<Problem> check(SegmentDefinition parsed, Definitions others) {
    var segments = others.all(this).stream().map(SegmentDefinition::name).collect(Collectors.toSet());
    segments.add(parsed.name());
    var measures = others.all(Measures.KIND).stream().filter(CustomerMeasure.class::isInstance)
        .map(MeasureDefinition::name).collect(Collectors.toSet());
    var uses = parsed.uses();
    var problems = new ArrayList<Problem>();
    missing("segment", uses.segments(), segments, problems);
    missing("measure", uses.measures(), measures, problems);
    parsed.purpose().flatMap(purpose -> Purpose.missing(others, purpose)).ifPresent(problems::add);
    return problems;
  }

  private static void missing(String what, Set<String> used, Set<String> known, List<Problem> problems) {
    used.stream().filter(name -> !known.contains(name)).sorted()
        .forEach(name -> problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
            "where uses %s '%s' but there is no such %s%s".formatted(what, name, what,
                what.equals("measure") ? " about each customer" : ""),
            known.isEmpty() ? "There is no %s yet.".formatted(what)
                : "There are: " + String.join(", ", known.stream().sorted().toList()))));
  }

  static Set<String> segmentsOf(SegmentDefinition definition) {
    return Expressions.uses(definition.where()).segments();
  }

  @Override
  public List<String> uses(SegmentDefinition parsed) {
    var uses = parsed.uses();
    // An attribute may turn out to be a measure of that name.
    var numbers = Stream.concat(uses.measures().stream(), uses.attributes().stream()).distinct();
    return Stream.of(uses.segments().stream().map(name -> "Segment/" + name),
        numbers.map(name -> "Measure/" + name), Purpose.uses(parsed.purpose()).stream()).flatMap(each -> each).sorted()
        .toList();
  }
}
