package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.util.UUID;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.stages.exports.DryRun;
import portrait.stages.exports.ExportDefinition;
import portrait.stages.exports.ExportDefinition.Occasion;
import portrait.stages.exports.Exports;
import portrait.stages.exports.Refusal;
import portrait.stages.exports.RunReport;
import portrait.stages.exports.destinations.OutRow;
import tools.jackson.databind.node.ObjectNode;

/// Customers sent to other systems: what goes where, what would be sent, running it, and what became of it.
final class ExportRoutes implements Door {

  private static final String ALL = "/api/v1/exports";
  private static final String ONE = ALL + "/{name}";
  private static final int RUNS_MAX = 200;
  private static final int REFUSALS_MAX = 10_000;

  private final Exports exports;
  private final Jobs jobs;
  private final Security security;

  ExportRoutes(Exports exports, Jobs jobs, Security security) {
    this.exports = exports;
    this.jobs = jobs;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    routes.get(ALL, view, _ -> Answer.json(Shapes.list("exports", exports.all(), this::shape)));
    routes.get("/api/v1/destinations", view, _ -> Answer.json(Shapes.list("destinations", exports.destinations(),
        each -> Shapes.object().put("type", each.connector().type()).put("title", each.connector().title())
            .set("settings", Shapes.array(each.target().fields(), ConnectionRoutes::field)))));
    routes.get(ONE, view, request -> Answer.json(shape(exports.one(request.pathPart("name")))));
    routes.get(ONE + "/runs", view, request -> Answer.json(Shapes.list("runs",
        exports.runs(exports.one(request.pathPart("name")).name(), request.query("limit", 1, RUNS_MAX, 50)),
        ExportRoutes::run)));
    routes.get(ONE + "/runs/{run}", view, this::oneRun);
    routes.post(ONE + "/run", needs(Permission.CONTRIBUTE), this::start);
    routes.post(ONE + "/try", needs(Permission.CONTRIBUTE), this::dryRun);
  }

  private ObjectNode shape(ExportDefinition export) {
    var shape = Shapes.object().put("name", export.name()).put("title", export.title())
        .put("connection", export.connection().orElse(null))
        .put("active", export.occasions().contains(Occasion.SCHEDULED_REFRESH))
        .put("afterEvaluation", export.occasions().contains(Occasion.EVALUATION)).put("live", export.isLive())
        .put("full", export.isFull()).put("mayManage", exports.isManageable(export))
        .put("sent", exports.sent(export.name()));
    export.segments().forEach(shape.putArray("segments")::add);
    return shape.set("last", exports.runs(export.name(), 1).stream().findFirst().map(ExportRoutes::run).orElse(null));
  }

  private Answer oneRun(Request request) {
    var report = exports.run(runId(request.pathPart("run")));
    if (!report.export().equals(request.pathPart("name"))) {
      throw Problem.of(Problem.Code.NOT_FOUND, "export '%s' has no such run".formatted(request.pathPart("name")))
          .asException();
    }
    var shape = run(report);
    shape.set("refusals", Shapes.array(exports.refusals(report.id(), request.query("limit", 1, REFUSALS_MAX, 100)),
        ExportRoutes::refusal));
    return Answer.json(shape);
  }

  static UUID runId(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException wrong) {
      throw new ProblemException(
          Problem.of(Problem.Code.NOT_FOUND, "there is no run '%s' of an export".formatted(text)), wrong);
    }
  }

  private Answer start(Request request) {
    String name = request.pathPart("name");
    String body = request.bodyText(Rest.BODY_BYTES_MAX);
    boolean isFull = !body.isBlank() && Shapes.read(body).path("full").asBoolean(false);
    var id = exports.start(name, isFull, request.caller().name());
    security.audit("export run", "Export/" + name, id.toString());
    return Answer.json(Shapes.job(jobs.find(id).orElseThrow())).withStatus(202).withHeader("Location",
        "/api/v1/jobs/" + id);
  }

  private Answer dryRun(Request request) {
    String body = request.bodyText(Rest.BODY_BYTES_MAX);
    boolean isFull = !body.isBlank() && Shapes.read(body).path("full").asBoolean(false);
    try {
      return Answer.json(tried(exports.dryRun(request.pathPart("name"), isFull)));
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "the server stops"), asked);
    }
  }

  private static ObjectNode tried(DryRun tried) {
    var shape = Shapes.object();
    shape.set("counts", counts(tried.counts()));
    tried.columns().forEach(shape.putArray("columns")::add);
    shape.set("samples", Shapes.array(tried.samples(), ExportRoutes::row));
    return shape.set("refusals", Shapes.array(tried.refusals(), ExportRoutes::refusal));
  }

  private static ObjectNode row(OutRow row) {
    var shape = Shapes.object().put("change", row.change().text()).put("customerId", row.customer().toString());
    var values = shape.putObject("values");
    row.values().forEach((name, value) -> values.set(name, Shapes.value(value)));
    row.changed().stream().sorted().forEach(shape.putArray("changed")::add);
    row.segments().forEach(shape.putArray("segments")::add);
    return shape;
  }

  private static ObjectNode refusal(Refusal refusal) {
    return Shapes.object().put("customerId", refusal.customer().toString()).put("reason", refusal.reason());
  }

  private static ObjectNode run(RunReport run) {
    var shape = Shapes.object().put("id", run.id().toString()).put("export", run.export())
        .put("status", run.status().text()).put("startedAt", Shapes.time(run.startedAt()))
        .put("endedAt", Shapes.time(run.endedAt().orElse(null))).put("startedBy", run.startedBy())
        .put("full", run.isFull());
    shape.set("counts", counts(run.counts()));
    return shape.put("note", run.note()).put("problem", run.problem().map(Problem::message).orElse(null)).put("hint",
        run.problem().map(Problem::hint).orElse(null));
  }

  private static ObjectNode counts(RunReport.Counts counts) {
    return Shapes.object().put("entered", counts.entered()).put("changed", counts.changed()).put("left", counts.left())
        .put("unchanged", counts.unchanged()).put("refused", counts.refused()).put("calls", counts.calls())
        .put("retries", counts.retries()).put("throttledMillis", counts.throttledMillis())
        .put("withoutConsent", counts.withoutConsent());
  }
}
