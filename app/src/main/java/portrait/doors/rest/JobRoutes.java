package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.JobId;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.rebuild.Rebuild;
import portrait.processes.refresh.Refresh;

/// Refreshes and other long work: started, watched, cancelled.
final class JobRoutes implements Door {

  private static final String ALL = "/api/v1/jobs";
  private static final String ONE = ALL + "/{id}";
  private static final int JOBS_MAX = 200;
  private static final int HEARTBEAT_SECONDS = 10;

  private final Jobs jobs;
  private final Security security;
  private final Refresh refresh;
  private final Rebuild rebuild;

  JobRoutes(Jobs jobs, Security security, Refresh refresh, Rebuild rebuild) {
    this.jobs = jobs;
    this.security = security;
    this.refresh = refresh;
    this.rebuild = rebuild;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    var contribute = needs(Permission.CONTRIBUTE);
    routes.post("/api/v1/refresh", contribute, this::refresh);
    routes.post("/api/v1/rebuild", needs(Permission.ADMINISTER), this::rebuild);
    routes.get("/api/v1/rebuild/{id}", view, this::report);
    routes.get(ALL, view, request -> Answer.json(
        Shapes.list("jobs", jobs.recent(request.query("limit", 1, JOBS_MAX, 50)), Shapes::job)));
    routes.get(ONE, view, request -> Answer.json(Shapes.job(job(request))));
    routes.post(ONE + "/cancel", contribute, this::cancel);
    routes.get(ONE + "/stream", view, this::stream);
  }

  private Answer refresh(Request request) {
    var only = Optional.ofNullable(Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX)).path("only").asString(null));
    var id = refresh.start(only, request.caller().name());
    security.audit("refresh started", id.toString(), only.orElse("everything"));
    return Answer.json(Shapes.job(found(id))).withStatus(202).withHeader("Location", ALL + "/" + id);
  }

  private Answer rebuild(Request request) {
    boolean isCheck = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX)).path("check").asBoolean(false);
    var id = rebuild.start(isCheck, request.caller().name());
    security.audit("rebuild started", id.toString(), isCheck ? "only a check" : "mends what it finds");
    return Answer.json(Shapes.job(found(id))).withStatus(202).withHeader("Location", ALL + "/" + id);
  }

  private Answer report(Request request) {
    var id = JobId.of(request.pathPart("id"));
    return Answer.json(Shapes.rebuild(rebuild.report(id).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        "there is no report of a rebuild %s".formatted(id), "A rebuild reports when it has ended well.")
        .asException())));
  }

  private Answer cancel(Request request) {
    var job = job(request);
    jobs.cancel(job.id());
    security.audit("job cancelled", job.id().toString(), job.name());
    return Answer.json(Shapes.job(found(job.id()))).withStatus(202);
  }

  /// Server-sent events: the job as it is, then at every change, until it ended. A slow reader gets the newest state,
  /// not every one in between.
  private Answer stream(Request request) {
    var id = job(request).id();
    return Answer.stream("text/event-stream", out -> {
      var newest = new LinkedBlockingQueue<Job>(1);
      try (var _ = jobs.watch(id, changed -> {
        newest.poll();
        newest.offer(changed);
      })) {
        var job = found(id);
        send(out, job);
        while (!job.status().isEnd()) {
          var changed = newest.poll(HEARTBEAT_SECONDS, TimeUnit.SECONDS);
          if (changed == null) {
            // Shows us whether the reader is still there, and is looked up in case the last change was missed.
            changed = found(id);
          }
          job = changed;
          send(out, job);
        }
      } catch (IOException gone) {
        throw gone;
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
      } catch (Exception failure) {
        throw new IOException("watching a job", failure);
      }
    });
  }

  private static void send(OutputStream out, Job job) throws IOException {
    out.write("event: job\ndata: %s\n\n".formatted(Shapes.job(job)).getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private Job job(Request request) {
    return found(JobId.of(request.pathPart("id")));
  }

  private Job found(JobId id) {
    return jobs.find(id)
        .orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "there is no job %s".formatted(id)).asException());
  }
}
