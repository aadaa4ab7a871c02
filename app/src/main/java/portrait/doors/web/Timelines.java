package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.foundation.security.Permission;
import portrait.foundation.warehouse.Warehouse;
import portrait.stages.activities.Activities;
import portrait.stages.activities.ActivityType;
import portrait.stages.sources.ColumnDefinition;
import portrait.stages.sources.Preview;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableState;

/// What customers did, from tables and from applications: which rows, whose, when, and how they look.
final class Timelines implements Door {

  private static final String ADDRESS = "/activities";
  private static final int ROWS = 6;
  /** Where a message stands, by how it begins; the first that fits. */
  private static final List<String> FIELDS = List.of("timestamp", "event", "type", "where", "table",
      "customer.column", "customer.namespace", "customer.through", "entry.title", "entry.detail", "entry.url",
      "properties");

  private final Renderer renderer;
  private final Definitions definitions;
  private final Sources sources;
  private final Warehouse warehouse;

  Timelines(Renderer renderer, Definitions definitions, Sources sources, Warehouse warehouse) {
    this.renderer = renderer;
    this.definitions = definitions;
    this.sources = sources;
    this.warehouse = warehouse;
  }

  @Override
  public void routes(Routes routes) {
    routes.get(ADDRESS, needs(Permission.VIEW), this::all);
    routes.get(ADDRESS + "/new", needs(Permission.CONTRIBUTE),
        request -> page(request, ActivityForm.fresh(request.query("table").orElse("")), true, Map.of(), 200));
    routes.get(ADDRESS + "/{name}", needs(Permission.CONTRIBUTE), request -> page(request,
        ActivityForm.of(definitions.find("Activity", request.pathPart("name")).orElseThrow(() -> Problem
            .of(Problem.Code.NOT_FOUND, "there is no activity '%s'".formatted(request.pathPart("name")))
            .asException())),
        false, Map.of(), 200));
    routes.post(ADDRESS, needs(Permission.CONTRIBUTE), this::save);
  }

  private Answer all(Request request) {
    var shown = definitions.all(Activities.KIND).stream()
        .map(each -> new ActivitiesPage.Activity(each.name(), each.title(),
            each.type().map(ActivityType::text).orElse(""), each.table().orElse(""), each.event(), each.icon(),
            each.isInTimeline()))
        .toList();
    return renderer.page(request, "activities", renderer.text(request).of("nav.activities"), "activities",
        new ActivitiesPage(shown));
  }

  /// Saves, or shows what would be saved.
  private Answer save(Request request) {
    var form = ActivityForm.of(request);
    var before = definitions.find("Activity", form.name());
    boolean isNew = request.form("new").isPresent();
    var text = renderer.text(request);
    if (isNew && before.isPresent()) {
      return page(request, form, true, Map.of("name", List.of(text.of("activity.taken", form.name()))), 400);
    }
    try {
      if (request.form("preview").isPresent()) {
        definitions.diff(form.yaml(before));
        return page(request, form, isNew, Map.of(), 200);
      }
      definitions.apply(form.yaml(before), request.caller().name(), Editing.of(request));
      return Renderer.done(ADDRESS, text.of("activity.saved", form.name()));
    } catch (ProblemException refused) {
      return page(request, form, isNew, beside(SentText.mistakes(refused.problem(), text)), 400);
    }
  }

  private static Map<String, List<String>> beside(List<String> mistakes) {
    var fields = new LinkedHashMap<String, List<String>>();
    for (String mistake : mistakes) {
      String said = mistake.replaceFirst("^Activity [^:]*: ", "").replaceFirst("^spec\\.", "");
      String field = FIELDS.stream().filter(said::startsWith).findFirst().orElse("");
      fields.computeIfAbsent(field, _ -> new ArrayList<>()).add(field.isEmpty() ? mistake : said);
    }
    return fields;
  }

  private Answer page(Request request, ActivityForm form, boolean isNew, Map<String, List<String>> mistakes,
      int status) {
    var text = renderer.text(request);
    var tables = sources.tables().stream().map(TableState::fullName).sorted().toList();
    var chosen = tables.stream().filter(form.table()::equals).findFirst();
    var schema = chosen.flatMap(sources::definition)
        .flatMap(table -> warehouse.read(session -> session.schema(table.warehouseName())));
    var rows = schema.map(_ -> sources.rows(form.table(), ROWS, 0));
    var columns = rows.stream().flatMap(found -> found.columns().stream())
        .map(name -> new ActivityPage.Column(name, schema.flatMap(known -> known.column(name))
            .map(Schema.Column::type).map(type -> type.name().toLowerCase(Locale.ROOT)).orElse("string"),
            form.properties().getOrDefault(name, "")))
        .toList();
    var cells = rows.stream().flatMap(found -> found.rows().stream())
        .map(row -> row.stream().map(text::cell).toList()).toList();
    var page = new ActivityPage(form, isNew, tables,
        Arrays.stream(ActivityType.values()).map(ActivityType::text).toList(),
        columns, namespaces(), events(), TimelineEntries.ICONS.stream().sorted().toList(), cells,
        rows.map(found -> lines(form, found, cells)).orElse(List.of()), reached(form), mistakes);
    return renderer.page(request, "activity", isNew ? text.of("activity.new") : form.name(), "activities", page)
        .withStatus(status);
  }

  private List<String> reached(ActivityForm form) {
    return form.through().stream().flatMap(hop -> sources.table(hop.table()).stream())
        .flatMap(table -> table.columns().stream()).map(ColumnDefinition::name).distinct().toList();
  }

  private static List<ActivityPage.Line> lines(ActivityForm form, Preview rows, List<List<String>> cells) {
    if (form.timestamp().isEmpty()) {
      return List.of();
    }
    return IntStream.range(0, cells.size()).mapToObj(place -> {
      var row = cells.get(place);
      String title = cell(rows, row, form.entry().getOrDefault("title", ""));
      String event = form.event().isEmpty()
          ? ActivityType.of(form.type()).map(ActivityType::event).orElse("")
          : form.event();
      return new ActivityPage.Line(cell(rows, row, form.timestamp()), title.isEmpty() ? event : event + " · " + title,
          cell(rows, row, form.entry().getOrDefault("detail", "")));
    }).toList();
  }

  private static String cell(Preview rows, List<String> cells, String column) {
    int place = rows.columns().indexOf(column);
    return place < 0 ? "" : Optional.ofNullable(cells.get(place)).orElse("");
  }

  private List<String> namespaces() {
    return Stream.concat(definitions.list("Namespace").stream().map(namespace -> namespace.name()),
        Stream.concat(Stream.of("email", "user_id", "anonymous_id", "phone", "crm_id"),
            sources.tables().stream().map(TableState::fullName)))
        .distinct().sorted().toList();
  }

  private List<String> events() {
    return Stream.concat(warehouse.read(EventNames::of).stream(), ActivityType.ECOMMERCE_EVENTS.stream()).distinct()
        .toList();
  }
}
