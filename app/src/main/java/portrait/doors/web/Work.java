package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.time.Clock;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.jobs.JobId;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.rebuild.Rebuild;
import portrait.processes.refresh.Refresh;

/// Jobs: what ran, what runs, and a refresh at the push of a button.
final class Work implements Door {

  private static final int JOBS_SHOWN = 50;

  private final Renderer renderer;
  private final Jobs jobs;
  private final Security security;
  private final Refresh refresh;
  private final Rebuild rebuild;
  private final Clock clock;

  Work(Renderer renderer, Jobs jobs, Security security, Refresh refresh, Rebuild rebuild, Clock clock) {
    this.renderer = renderer;
    this.jobs = jobs;
    this.security = security;
    this.refresh = refresh;
    this.rebuild = rebuild;
    this.clock = clock;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    var contribute = needs(Permission.CONTRIBUTE);
    routes.post("/refresh", contribute, this::refresh);
    routes.post("/rebuild", needs(Permission.ADMINISTER), this::rebuild);
    routes.get("/jobs", view, this::all);
    routes.get("/jobs/{id}", view,
        request -> renderer.page(request, "job", JobPage.title(page(request).job(), renderer.text(request)), "jobs",
            page(request)));
    routes.get("/jobs/{id}/progress", view, request -> renderer.part(request, "progress", "page", page(request)));
    routes.post("/jobs/{id}/cancel", contribute, this::cancel);
  }

  private Answer refresh(Request request) {
    try {
      var id = refresh.start(Optional.empty(), request.caller().name());
      security.audit("refresh started", id.toString(), "everything");
      return Renderer.done("/jobs/" + id, renderer.text(request).of("refresh.started"));
    } catch (ProblemException refused) {
      return Renderer.failed("/jobs", refused.problem());
    }
  }

  private Answer rebuild(Request request) {
    boolean isCheck = request.form("check").isPresent();
    try {
      var id = rebuild.start(isCheck, request.caller().name());
      security.audit("rebuild started", id.toString(), isCheck ? "only a check" : "mends what it finds");
      return Renderer.done("/jobs/" + id,
          renderer.text(request).of(isCheck ? "rebuild.checkStarted" : "rebuild.started"));
    } catch (ProblemException refused) {
      return Renderer.failed("/jobs", refused.problem());
    }
  }

  private Answer all(Request request) {
    var recent = jobs.recent(JOBS_SHOWN);
    boolean isBusy = recent.stream().anyMatch(job -> !job.status().isEnd());
    return renderer.page(request, "jobs", renderer.text(request).of("nav.jobs"), "jobs", new JobsPage(recent, isBusy));
  }

  private Answer cancel(Request request) {
    var id = page(request).job().id();
    jobs.cancel(id);
    security.audit("job cancelled", id.toString(), "");
    return Renderer.done("/jobs/" + id, renderer.text(request).of("job.cancelled"));
  }

  private JobPage page(Request request) {
    var id = JobId.of(request.pathPart("id"));
    return new JobPage(jobs.find(id).orElseThrow(
        () -> Problem.of(Problem.Code.NOT_FOUND, "there is no job %s".formatted(id)).asException()), clock.instant());
  }
}
