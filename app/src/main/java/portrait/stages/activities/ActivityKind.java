package portrait.stages.activities;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.model.Problem;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableDefinition;
import tools.jackson.databind.JsonNode;

/// Reads `Activity` definitions.
final class ActivityKind implements Kind<ActivityDefinition> {

  @Override
  public String name() {
    return "Activity";
  }

  @Override
  public ActivityDefinition parse(String name, JsonNode spec) {
    var properties = new LinkedHashMap<String, String>();
    spec.path("properties").properties().forEach(entry -> properties.put(entry.getKey(), entry.getValue().asString()));
    String where = spec.path("where").asString("");
    if (!where.isBlank()) {
      RowCondition.read(name, where);
    }
    return new ActivityDefinition(name, spec.path("title").asString(name), spec.path("table").asString(),
        spec.path("customer").path("column").asString(), spec.path("customer").path("namespace").asString(),
        spec.path("timestamp").asString(), spec.path("event").asString(), properties,
        where.isBlank() ? Optional.empty() : Optional.of(where), spec.path("show_in_timeline").asBoolean(true),
        spec.path("icon").asString(""));
  }

  @Override
  public List<Problem> check(ActivityDefinition activity, Definitions others) {
    var table = others.all(Sources.KIND).stream().flatMap(source -> source.tables().stream())
        .filter(found -> found.fullName().equals(activity.table())).findFirst();
    if (table.isEmpty()) {
      return List.of(wrong(activity, "table was '%s', which no Source defines".formatted(activity.table()),
          "Apply the Source with it, in the same file or before."));
    }
    return missingColumns(activity, table.get());
  }

  /// Columns are known here only where the source lists them; otherwise the refresh tells.
  private static List<Problem> missingColumns(ActivityDefinition activity, TableDefinition table) {
    if (table.columns().isEmpty()) {
      return List.of();
    }
    var used = new LinkedHashMap<String, String>();
    used.put("customer.column", activity.customerColumn());
    used.put("timestamp", activity.timestamp());
    activity.properties().forEach((property, column) -> used.put("properties." + property, column));
    var problems = new ArrayList<Problem>();
    used.forEach((path, column) -> {
      if (table.columns().stream().noneMatch(known -> known.name().equalsIgnoreCase(column))) {
        problems.add(wrong(activity, "%s was '%s', but %s has no such column".formatted(path, column, table.fullName()),
            "It has %s.".formatted(table.columns().stream().map(known -> known.name()).toList())));
      }
    });
    return problems;
  }

  @Override
  public List<String> uses(ActivityDefinition activity) {
    return List.of("Source/" + activity.table().substring(0, activity.table().indexOf('.')));
  }

  private static Problem wrong(ActivityDefinition activity, String what, String hint) {
    return Problem.of(Problem.Code.INVALID_DEFINITION, "Activity %s: %s".formatted(activity.name(), what), hint);
  }
}
