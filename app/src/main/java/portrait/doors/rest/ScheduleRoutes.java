package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.util.Locale;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.schedule.ScheduleDefinition;
import portrait.processes.schedule.ScheduledRun;
import portrait.processes.schedule.Schedules;
import tools.jackson.databind.node.ObjectNode;

/// What runs by itself: when next, what became of it, and running it now.
final class ScheduleRoutes implements Door {

  private static final String ALL = "/api/v1/schedules";
  private static final String ONE = ALL + "/{name}";
  private static final int HISTORY_MAX = 200;

  private final Schedules schedules;
  private final Jobs jobs;
  private final Security security;

  ScheduleRoutes(Schedules schedules, Jobs jobs, Security security) {
    this.schedules = schedules;
    this.jobs = jobs;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    routes.get(ALL, needs(Permission.VIEW),
        _ -> Answer.json(Shapes.list("schedules", schedules.all(), this::shape)));
    routes.get(ONE, needs(Permission.VIEW), this::one);
    routes.post(ONE + "/run", needs(Permission.CONTRIBUTE), this::run);
  }

  private Answer one(Request request) {
    var schedule = schedules.one(request.pathPart("name"));
    int limit = request.query("limit", 1, HISTORY_MAX, 50);
    var shape = shape(schedule);
    shape.set("history", Shapes.array(schedules.history(schedule.name(), limit), ScheduleRoutes::shape));
    return Answer.json(shape);
  }

  private Answer run(Request request) {
    var id = schedules.run(request.pathPart("name"), request.caller().name());
    security.audit("schedule run", request.pathPart("name"), id.toString());
    return Answer.json(Shapes.job(jobs.find(id).orElseThrow())).withStatus(202).withHeader("Location",
        "/api/v1/jobs/" + id);
  }

  private ObjectNode shape(ScheduleDefinition schedule) {
    var shape = Shapes.object().put("name", schedule.name()).put("title", schedule.title())
        .put("active", schedule.isActive()).put("refresh", schedule.isRefresh());
    schedule.items().forEach(shape.putArray("items")::add);
    shape.put("next", schedules.next(schedule).map(Shapes::time).orElse(null));
    return shape.set("last", schedules.history(schedule.name(), 1).stream().findFirst().map(ScheduleRoutes::shape)
        .orElse(null));
  }

  private static ObjectNode shape(ScheduledRun run) {
    return Shapes.object().put("plannedAt", Shapes.time(run.plannedAt()))
        .put("handledAt", Shapes.time(run.handledAt()))
        .put("outcome", run.outcome().name().toLowerCase(Locale.ROOT))
        .put("job", run.job().map(Object::toString).orElse(null));
  }
}
