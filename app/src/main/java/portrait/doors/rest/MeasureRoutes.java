package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Schema;
import portrait.foundation.security.Permission;
import portrait.foundation.warehouse.Warehouse;
import portrait.stages.measures.CustomerMeasure;
import portrait.stages.measures.MeasureDefinition;
import portrait.stages.measures.MeasureTable;
import portrait.stages.measures.MeasureTemplates;
import portrait.stages.measures.Measures;
import tools.jackson.databind.node.ObjectNode;

/// Measures, what was computed for them, and some to begin with.
final class MeasureRoutes implements Door {

  private static final String ALL = "/api/v1/measures";
  private static final String ONE = ALL + "/{name}";
  private static final int ROWS_MAX = 10_000;

  private final Measures measures;
  private final Definitions definitions;
  private final Warehouse warehouse;

  MeasureRoutes(Measures measures, Definitions definitions, Warehouse warehouse) {
    this.measures = measures;
    this.definitions = definitions;
    this.warehouse = warehouse;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    routes.get(ALL, view, _ -> Answer.json(Shapes.list("measures", measures.all(), this::shape)));
    routes.get(ALL + "/templates", view, this::templates);
    routes.get(ONE, view, request -> Answer.json(shape(measure(request))));
    routes.get(ONE + "/values", view.withPatience(), this::values);
  }

  private ObjectNode shape(MeasureDefinition measure) {
    var shape = Shapes.object().put("name", measure.name()).put("title", measure.title())
        .put("description", measure.description()).put("kind", kind(measure)).put("live", isLive(measure));
    shape.set("columns", columns(columns(measure)));
    var users = shape.putArray("usedBy");
    definitions.usedBy(Measures.KIND.name(), measure.name()).forEach(users::add);
    return shape;
  }

  private static String kind(MeasureDefinition measure) {
    return switch (measure) {
      case CustomerMeasure _ -> "customer";
      case MeasureTable table -> table.isOfBusiness() ? "business" : "customer_table";
    };
  }

  /// Whether a look-up of one customer has it as of this moment.
  private static boolean isLive(MeasureDefinition measure) {
    return switch (measure) {
      case CustomerMeasure _ -> true;
      case MeasureTable table -> !table.isOfBusiness();
    };
  }

  private static Schema columns(MeasureDefinition measure) {
    return switch (measure) {
      case CustomerMeasure one -> Schema.of(Schema.Column.of(one.name(), one.type()));
      case MeasureTable table -> table.schema();
    };
  }

  private static tools.jackson.databind.node.ArrayNode columns(Schema schema) {
    var columns = Shapes.object().putArray("columns");
    schema.columns().forEach(column -> columns.add(
        Shapes.object().put("name", column.name()).put("type", column.type().text())));
    return columns;
  }

  private Answer values(Request request) {
    var measure = measure(request);
    int limit = request.query("limit", 1, ROWS_MAX, 100);
    int offset = request.query("offset", 0, Integer.MAX_VALUE, 0);
    var found = warehouse.read(session -> measures.results(session, measure, limit, offset));
    var shape = Shapes.object().put("measure", measure.name()).put("kind", kind(measure))
        .put("live", isLive(measure)).put("total", found.total());
    shape.set("computedAt", Shapes.value(found.computedAt().map(Shapes::time).orElse(null)));
    shape.set("columns", columns(found.columns()));
    shape.set("rows", rows(found.columns(), found.rows()));
    var bars = shape.putArray("chart");
    found.bars().forEach(bar -> bars.add(Shapes.object().set("label", Shapes.value(bar.label()))
        .put("number", bar.number())));
    return Answer.json(shape);
  }

  /// Rows as objects, by column.
  static tools.jackson.databind.node.ArrayNode rows(Schema columns, List<List<@Nullable Object>> rows) {
    var array = Shapes.object().putArray("rows");
    for (var row : rows) {
      var shape = array.addObject();
      for (int place = 0; place < row.size(); place++) {
        shape.set(columns.columns().get(place).name(), Shapes.value(row.get(place)));
      }
    }
    return array;
  }

  private Answer templates(Request request) {
    Map<String, String> words = new TreeMap<>(request.queries());
    words.keySet().retainAll(MeasureTemplates.WORDS.keySet());
    return Answer.json(Shapes.list("templates", MeasureTemplates.all(words),
        template -> Shapes.object().put("name", template.name()).put("title", template.title())
            .put("description", template.description()).put("definition", template.definition())));
  }

  private MeasureDefinition measure(Request request) {
    return named(measures, request.pathPart("name"));
  }

  static MeasureDefinition named(Measures measures, String name) {
    return measures.all().stream().filter(measure -> measure.name().equals(name)).findFirst().orElseThrow(
        () -> Problem.of(Problem.Code.NOT_FOUND, "there is no measure %s".formatted(name),
            "GET /api/v1/measures lists them.").asException());
  }
}
