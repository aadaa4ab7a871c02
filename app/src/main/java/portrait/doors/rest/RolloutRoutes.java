package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.rollout.Rollout;
import tools.jackson.databind.node.ObjectNode;

/// New and changed measures and segments on their way to everybody.
final class RolloutRoutes implements Door {

  private static final String ALL = "/api/v1/rollout";

  private final Rollout rollout;
  private final Jobs jobs;
  private final Security security;

  RolloutRoutes(Rollout rollout, Jobs jobs, Security security) {
    this.rollout = rollout;
    this.jobs = jobs;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    routes.get(ALL, needs(Permission.VIEW), _ -> Answer.json(shape(rollout.running())));
    routes.post(ALL, needs(Permission.CONTRIBUTE), this::start);
  }

  /// What would start by itself within seconds.
  private Answer start(Request request) {
    var started = rollout.start(request.caller().name());
    started.ifPresent(id -> security.audit("rollout started", id.toString(), ""));
    return started.map(id -> Answer.json(shape(jobs.find(id))).withStatus(202).withHeader("Location",
        "/api/v1/jobs/" + id)).orElseGet(() -> Answer.json(shape(Optional.empty())));
  }

  private ObjectNode shape(Optional<Job> job) {
    var shape = Shapes.object();
    rollout.waiting().forEach(shape.putArray("waiting")::add);
    return shape.set("job", job.map(Shapes::job).orElse(null));
  }
}
