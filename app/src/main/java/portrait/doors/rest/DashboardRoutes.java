package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.processes.dashboard.Dashboard;
import portrait.processes.dashboard.Figures;
import portrait.processes.dashboard.Group;
import tools.jackson.databind.node.ObjectNode;

/// What there is, counted, and the people behind each number.
final class DashboardRoutes implements Door {

  private static final int PEOPLE = 100;
  private static final int PEOPLE_MAX = 1_000;

  private final Dashboard dashboard;

  DashboardRoutes(Dashboard dashboard) {
    this.dashboard = dashboard;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/api/v1/dashboard", needs(Permission.VIEW), _ -> Answer.json(shape(dashboard.figures())));
    routes.post("/api/v1/dashboard", needs(Permission.CONTRIBUTE), _ -> Answer.json(shape(dashboard.count())));
    routes.get("/api/v1/dashboard/people", needs(Permission.VIEW), this::people);
  }

  private Answer people(Request request) {
    String asked = request.query("group").orElse("");
    var group = Group.of(asked).orElseThrow(() -> Problem.of(Problem.Code.INVALID_PARAMETER,
        "group was '%s' but must be added, unsegmented, single, source:NAME, identities:NAMESPACE or identities:ONE+OTHER"
            .formatted(asked))
        .asException());
    var people = dashboard.people(group, request.query("limit", 1, PEOPLE_MAX, PEOPLE),
        request.query("offset", 0, Integer.MAX_VALUE, 0));
    var shape = Shapes.object().put("group", group.text()).put("total", people.total());
    var customers = shape.putArray("customers");
    people.some().forEach(customer -> customers.add(customer.toString()));
    return Answer.json(shape);
  }

  private ObjectNode shape(Figures figures) {
    var tables = figures.tables();
    var shape = Shapes.object().put("countedAt", figures.countedAt().toString()).put("customers", figures.customers())
        .put("known", figures.known()).put("unknown", figures.unknown()).put("added", tables.added())
        .put("unsegmented", tables.unsegmented()).put("single", tables.single()).put("segments", figures.segments());
    var days = shape.putArray("days");
    dashboard.days(figures).forEach(day -> days.addObject().put("day", day.day().toString()).put("known", day.known())
        .put("unknown", day.unknown()));
    var sources = shape.putArray("sources");
    tables.sources().forEach(source -> sources.addObject().put("source", source.name())
        .put("customers", source.customers()).put("added", source.added()));
    var namespaces = shape.putArray("identities");
    tables.namespaces().forEach(held -> namespaces.addObject().put("namespace", held.namespace())
        .put("identities", held.identities()).put("customers", held.customers()));
    var overlaps = shape.putArray("overlaps");
    tables.overlaps().forEach(shared -> overlaps.addObject().put("one", shared.one()).put("other", shared.other())
        .put("customers", shared.customers()));
    var sizes = shape.putArray("largestSegments");
    figures.sizes().forEach(size -> sizes.addObject().put("name", size.name()).put("title", size.title())
        .put("members", size.members()).put("change", size.change()));
    var events = shape.putArray("events");
    tables.events().forEach(day -> events.addObject().put("day", day.day().toString()).put("events", day.events()));
    return shape;
  }
}
