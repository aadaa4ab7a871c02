package portrait.stages.measures;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.expressions.Columns;
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

  private static final Set<String> OF_TABLES = Set.of("per", "dimensions", "calculations");

  @Override
  public String name() {
    return "Measure";
  }

  @Override
  public MeasureDefinition parse(String name, JsonNode spec) {
    try {
      return OF_TABLES.stream().anyMatch(spec::has) ? MeasureTableReader.read(name, spec, Zones.ofSpec(spec))
          : ofCustomers(name, spec);
    } catch (ProblemException wrong) {
      var problem = wrong.problem();
      String message = problem.message();
      throw new ProblemException(new Problem(Problem.Code.INVALID_DEFINITION,
          message.startsWith("spec.") ? message.substring(5) : message, problem.hint(), problem.details()), wrong);
    }
  }

  private static CustomerMeasure ofCustomers(String name, JsonNode spec) {
    var raw = formula(spec);
    var type = type(spec, raw);
    var formula = Expressions.converted(raw, wanted(type));
    Object otherwise = otherwise(spec.path("default"));
    if (otherwise != null) {
      Expressions.otherwise(formula, otherwise);
    }
    var definition = new CustomerMeasure(name, spec.path("title").asString(name),
        spec.path("description").asString(""), formula, type, otherwise, Zones.ofSpec(spec));
    Expressions.values(Map.of(name, definition.output(formula)), Instant.EPOCH,
        new Columns(new Schema(List.of()), new Schema(List.of())));
    return definition;
  }

  /// What a value is kept as: what is said, or what the formula yields.
  static ColumnType type(JsonNode spec, Formula formula) {
    return spec.has("type") ? ColumnType.of(spec.get("type").stringValue()) : natural(formula);
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

  static ValueType wanted(ColumnType type) {
    return switch (type) {
      case STRING, JSON -> ValueType.TEXT;
      case INTEGER, NUMBER -> ValueType.NUMBER;
      case BOOLEAN -> ValueType.BOOLEAN;
      case DATE -> ValueType.DATE;
      case TIMESTAMP -> ValueType.TIMESTAMP;
    };
  }

  static @Nullable Object otherwise(JsonNode value) {
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
    var all = new HashMap<String, MeasureDefinition>();
    others.all(this).forEach(each -> all.put(each.name(), each));
    all.put(parsed.name(), parsed);
    var problems = new ArrayList<Problem>();
    for (String used : measuresOf(parsed).stream().sorted().toList()) {
      switch (all.get(used)) {
        case null -> problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
            "formula uses measure.%s but there is no such measure".formatted(used),
            "Measures there are: " + String.join(", ", all.keySet().stream().sorted().toList())));
        case CustomerMeasure _ when parsed instanceof MeasureTable -> problems.add(Problem.of(
            Problem.Code.INVALID_DEFINITION,
            "formula uses measure.%s, which is about each customer, but this one is about the whole business"
                .formatted(used),
            "Count with numbers about the whole business: measures with per: business and without dimensions."));
        case MeasureTable table when parsed instanceof CustomerMeasure || !table.isNumber() -> problems.add(
            Problem.of(Problem.Code.INVALID_DEFINITION, "formula uses measure.%s, which is a table".formatted(used),
                parsed instanceof CustomerMeasure
                    ? "A formula about customers counts with measures about each customer."
                    : "Count with measures that are one number."));
        case MeasureTable _,CustomerMeasure _ -> {
        }
      }
    }
    return problems;
  }

  static Set<String> measuresOf(MeasureDefinition definition) {
    return definition.uses().measures();
  }

  @Override
  public List<String> uses(MeasureDefinition parsed) {
    return measuresOf(parsed).stream().sorted().map(measure -> "Measure/" + measure).toList();
  }
}
