package portrait.stages.activities;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.expressions.RowCondition;
import portrait.foundation.model.Problem;
import portrait.stages.sources.Sources;
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
      RowCondition.read("Activity %s: where".formatted(name), where);
    }
    var type = ActivityType.of(spec.path("type").asString(""));
    var entry = spec.path("entry");
    var activity = new ActivityDefinition(name, spec.path("title").asString(name), type,
        Optional.of(spec.path("table").asString("")).filter(table -> !table.isEmpty()), customer(spec.path("customer")),
        spec.path("timestamp").asString(""), spec.path("event").asString(type.map(ActivityType::event).orElse("")),
        properties, where.isBlank() ? Optional.empty() : Optional.of(where),
        new ActivityDefinition.Entry(entry.path("title").asString(""), entry.path("detail").asString(""),
            entry.path("url").asString("")),
        spec.path("show_in_timeline").asBoolean(type.map(ActivityType::isInTimeline).orElse(true)),
        spec.path("icon").asString(""));
    whole(activity);
    return activity;
  }

  private static Optional<ActivityDefinition.Customer> customer(JsonNode spec) {
    if (spec.isMissingNode()) {
      return Optional.empty();
    }
    var through = new ArrayList<ActivityDefinition.Hop>();
    spec.path("through").forEach(hop -> through.add(new ActivityDefinition.Hop(hop.path("from").asString(),
        hop.path("table").asString(), hop.path("to").asString())));
    return Optional.of(new ActivityDefinition.Customer(spec.path("column").asString(),
        spec.path("namespace").asString(), through));
  }

  /// Rows need a customer and a time; events that applications send bring both, and their properties.
  private static void whole(ActivityDefinition activity) {
    if (activity.event().isEmpty()) {
      throw wrong(activity, "event is missing but must say what happened",
          "For example: event: Order Completed. Only a type has a name of its own.").asException();
    }
    if (activity.table().isEmpty()) {
      if (activity.customer().isPresent() || !activity.timestamp().isEmpty() || !activity.properties().isEmpty()
          || activity.where().isPresent()) {
        throw wrong(activity, "customer, timestamp, properties and where belong to rows, but there is no table",
            "Name the table, or leave them out: events that applications send bring them along.").asException();
      }
      return;
    }
    if (activity.customer().isEmpty() || activity.timestamp().isEmpty()) {
      throw wrong(activity, activity.customer().isEmpty()
          ? "customer is missing but must name the column that says whose row it is"
          : "timestamp is missing but must name the column that says when it happened", "").asException();
    }
    activity.type().ifPresent(type -> type.properties().stream()
        .filter(property -> !activity.properties().containsKey(property)).findFirst().ifPresent(missing -> {
          throw wrong(activity, "type %s needs the property '%s', which properties does not map".formatted(type.text(),
              missing), "It needs %s.".formatted(String.join(", ", type.properties()))).asException();
        }));
    shown(activity).forEach((path, property) -> {
      if (!activity.properties().containsKey(property)) {
        throw wrong(activity, "%s was '%s' but must be one of the properties".formatted(path, property),
            "They are %s.".formatted(activity.properties().keySet())).asException();
      }
    });
  }

  private static LinkedHashMap<String, String> shown(ActivityDefinition activity) {
    var shown = new LinkedHashMap<String, String>();
    shown.put("entry.title", activity.entry().title());
    shown.put("entry.detail", activity.entry().detail());
    shown.put("entry.url", activity.entry().url());
    shown.values().removeIf(String::isEmpty);
    return shown;
  }

  @Override
  public List<Problem> check(ActivityDefinition activity, Definitions others) {
    var problems = new ArrayList<Problem>();
    activity.table().ifPresent(table -> {
      var through = activity.customer().map(ActivityDefinition.Customer::through).orElse(List.of());
      var rows = new LinkedHashMap<String, String>();
      rows.put("timestamp", activity.timestamp());
      activity.properties().forEach((property, column) -> rows.put("properties." + property, column));
      var here = rows;
      String current = table;
      String path = "table";
      for (int place = 0; place < through.size(); place++) {
        var hop = through.get(place);
        String next = "customer.through[%d]".formatted(place);
        here.put(next + ".from", hop.from());
        problems.addAll(missing(activity, path, current, here, others));
        here = new LinkedHashMap<>();
        here.put(next + ".to", hop.to());
        current = hop.table();
        path = next + ".table";
      }
      here.put("customer.column", activity.customer().orElseThrow().column());
      problems.addAll(missing(activity, path, current, here, others));
    });
    return problems;
  }

  /// Columns are known here only where the source lists them; otherwise the refresh tells.
  private static List<Problem> missing(ActivityDefinition activity, String path, String name,
      LinkedHashMap<String, String> used, Definitions others) {
    var table = others.all(Sources.KIND).stream().flatMap(source -> source.tables().stream())
        .filter(found -> found.fullName().equals(name)).findFirst();
    if (table.isEmpty()) {
      return List.of(wrong(activity, "%s was '%s', which no Source defines".formatted(path, name),
          "Apply the Source with it, in the same file or before."));
    }
    var problems = new ArrayList<Problem>();
    if (!table.get().columns().isEmpty()) {
      used.forEach((place, column) -> {
        if (table.get().columns().stream().noneMatch(known -> known.name().equalsIgnoreCase(column))) {
          problems.add(wrong(activity, "%s was '%s', but %s has no such column".formatted(place, column, name),
              "It has %s.".formatted(table.get().columns().stream().map(known -> known.name()).toList())));
        }
      });
    }
    return problems;
  }

  @Override
  public List<String> uses(ActivityDefinition activity) {
    return Stream.concat(activity.table().stream(), activity.customer().stream()
        .flatMap(customer -> customer.through().stream()).map(ActivityDefinition.Hop::table))
        .map(table -> "Source/" + table.substring(0, table.indexOf('.'))).distinct().toList();
  }

  private static Problem wrong(ActivityDefinition activity, String what, String hint) {
    return Problem.of(Problem.Code.INVALID_DEFINITION, "Activity %s: %s".formatted(activity.name(), what), hint);
  }
}
