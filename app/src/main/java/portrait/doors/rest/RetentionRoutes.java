package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.retention.Retention;
import tools.jackson.databind.node.ObjectNode;

/// What is kept no longer: the rules, what they would delete, and doing it now.
final class RetentionRoutes implements Door {

  private static final String ALL = "/api/v1/retention";

  private final Retention retention;
  private final Jobs jobs;
  private final Security security;

  RetentionRoutes(Retention retention, Jobs jobs, Security security) {
    this.retention = retention;
    this.jobs = jobs;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    routes.get(ALL, needs(Permission.VIEW), _ -> Answer.json(rules()));
    routes.post(ALL + "/run", needs(Permission.ADMINISTER), this::run);
  }

  private ObjectNode rules() {
    var shape = Shapes.list("rules", retention.rules(), rule -> {
      var told = Shapes.object().put("name", rule.name()).put("title", rule.title());
      var usedBy = told.putArray("usedBy");
      retention.usedBy(rule).forEach(usedBy::add);
      return told.put("isHeldBack", !usedBy.isEmpty() && !rule.evenIfUsed());
    });
    return shape.set("lastRun", retention.lastRun().map(Shapes::job).orElse(null));
  }

  private Answer run(Request request) {
    if (Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX)).path("dryRun").asBoolean(false)) {
      return Answer.json(Shapes.list("findings", retention.dryRun(), RetentionRoutes::finding));
    }
    var id = retention.run(request.caller().name());
    security.audit("retention started", id.toString(), "");
    return Answer.json(Shapes.job(jobs.find(id).orElseThrow())).withStatus(202).withHeader("Location",
        "/api/v1/jobs/" + id);
  }

  private static ObjectNode finding(Retention.Finding finding) {
    var shape = Shapes.object().put("rule", finding.rule().name()).put("customers", finding.customers())
        .put("events", finding.events()).put("isHeldBack", finding.isHeldBack());
    var usedBy = shape.putArray("usedBy");
    finding.usedBy().forEach(usedBy::add);
    return shape;
  }
}
