package portrait.stages.measures;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Dependents;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Formula;
import portrait.foundation.expressions.ValueType;
import portrait.foundation.expressions.Zones;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import tools.jackson.databind.JsonNode;

/// Definitions of kind `Measure`.
final class MeasureKind implements Kind<MeasureDefinition> {

  @Override
  public String name() {
    return "Measure";
  }

  @Override
  public MeasureDefinition parse(String name, JsonNode spec) {
    try {
      var zone = zone(spec);
      var raw = formula(spec);
      var type = spec.has("type") ? ColumnType.of(spec.get("type").stringValue()) : natural(raw);
      var formula = Expressions.converted(raw, wanted(type));
      Object otherwise = otherwise(spec.path("default"));
      if (otherwise != null) {
        Expressions.otherwise(formula, otherwise);
      }
      var definition = new MeasureDefinition(name, spec.path("title").asString(name),
          spec.path("description").asString(""), formula, type, otherwise, zone);
      Expressions.values(Map.of(name, definition.output(formula)), Instant.EPOCH,
          new Columns(new Schema(List.of()), new Schema(List.of())));
      return definition;
    } catch (ProblemException wrong) {
      var problem = wrong.problem();
      String message = problem.message();
      throw new ProblemException(new Problem(Problem.Code.INVALID_DEFINITION,
          "Measure %s: %s".formatted(name, message.startsWith("spec.") ? message.substring(5) : message),
          problem.hint(), problem.details()), wrong);
    }
  }

  private static Formula formula(JsonNode spec) {
    if (spec.has("formula") == spec.has("aggregate")) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION, spec.has("formula")
          ? "it has both formula and aggregate but must have one of them"
          : "it has neither formula nor aggregate but must have one of them",
          "aggregate computes from events, formula from attributes and other measures.").asException();
    }
    if (!spec.has("formula")) {
      return Expressions.aggregate(spec.get("aggregate").stringValue(), spec.path("of").asString(""),
          spec.path("by").asString(""),
          Expressions.events(spec, "spec"));
    }
    for (String key : List.of("of", "by", "event", "with", "where", "within", "from", "to", "since")) {
      if (spec.has(key)) {
        throw Problem.of(Problem.Code.INVALID_DEFINITION, "%s belongs to aggregate and has no place beside formula"
            .formatted(key)).asException();
      }
    }
    try {
      return Expressions.formula(spec.get("formula").stringValue());
    } catch (ProblemException wrong) {
      var problem = wrong.problem();
      throw new ProblemException(
          new Problem(problem.code(), "formula: " + problem.message(), problem.hint(), problem.details()), wrong);
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

  /// What a formula's value is kept as when nothing is said. Attributes have no type of their own: numbers are likely.
  private static ColumnType natural(Formula formula) {
    if (formula instanceof Formula.Aggregate(var aggregation, _, _, _)) {
      switch (aggregation) {
        case COUNT, COUNT_DISTINCT -> {
          return ColumnType.INTEGER;
        }
        case FIRST, LAST, ARG_MAX, ARG_MIN -> {
          if (Expressions.type(formula) == ValueType.ANY) {
            return ColumnType.STRING;
          }
        }
        case SUM, MIN, MAX, AVERAGE -> {
        }
      }
    }
    return switch (Expressions.type(formula)) {
      case TEXT -> ColumnType.STRING;
      case NUMBER, ANY -> ColumnType.NUMBER;
      case BOOLEAN -> ColumnType.BOOLEAN;
      case DATE -> ColumnType.DATE;
      case TIMESTAMP -> ColumnType.TIMESTAMP;
    };
  }

  private static ValueType wanted(ColumnType type) {
    return switch (type) {
      case STRING, JSON -> ValueType.TEXT;
      case INTEGER, NUMBER -> ValueType.NUMBER;
      case BOOLEAN -> ValueType.BOOLEAN;
      case DATE -> ValueType.DATE;
      case TIMESTAMP -> ValueType.TIMESTAMP;
    };
  }

  private static @Nullable Object otherwise(JsonNode value) {
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      return value.longValue();
    }
    return value.isNumber() ? (Object) value.doubleValue() : value.isString() ? value.stringValue() : null;
  }

  @Override
  public List<Problem> check(MeasureDefinition parsed, Definitions others) {
    var all = new HashMap<String, Set<String>>();
    others.all(this).forEach(each -> all.put(each.name(), measuresOf(each)));
    all.put(parsed.name(), measuresOf(parsed));
    var problems = new ArrayList<Problem>();
    for (String used : measuresOf(parsed).stream().sorted().toList()) {
      if (!all.containsKey(used)) {
        problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
            "Measure %s: formula uses measure.%s but there is no such measure".formatted(parsed.name(), used),
            "Measures there are: " + String.join(", ", all.keySet().stream().sorted().toList())));
      }
    }
    Dependents.cycle(parsed.name(), all).ifPresent(path -> problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
        "Measure %s: it depends on itself: %s".formatted(parsed.name(), String.join(" uses ", path)))));
    return problems;
  }

  static Set<String> measuresOf(MeasureDefinition definition) {
    return Expressions.uses(definition.formula()).measures();
  }

  @Override
  public List<String> uses(MeasureDefinition parsed) {
    return measuresOf(parsed).stream().sorted().map(measure -> "Measure/" + measure).toList();
  }
}
