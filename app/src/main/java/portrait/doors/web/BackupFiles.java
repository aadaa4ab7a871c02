package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.nio.file.Files;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.backup.Backups;

/// Backups: taken at the push of a button, downloaded, deleted.
final class BackupFiles implements Door {

  private final Renderer renderer;
  private final Backups backups;
  private final Jobs jobs;
  private final Security security;

  BackupFiles(Renderer renderer, Backups backups, Jobs jobs, Security security) {
    this.renderer = renderer;
    this.backups = backups;
    this.jobs = jobs;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var administer = needs(Permission.ADMINISTER);
    routes.get("/backups", administer, request -> renderer.page(request, "backups",
        renderer.text(request).of("nav.backups"), "backups", new BackupsPage(backups.list(),
            jobs.latest(Backups.JOB))));
    routes.post("/backups", administer, this::make);
    routes.get("/backups/{name}", administer, this::download);
    routes.post("/backups/{name}/delete", administer, this::delete);
  }

  private Answer make(Request request) {
    try {
      var started = backups.start(request.caller().name());
      security.audit("backup started", started.name(), "");
      return Renderer.done("/jobs/" + started.job(), renderer.text(request).of("backups.started"));
    } catch (ProblemException refused) {
      return Renderer.failed("/backups", refused.problem());
    }
  }

  private Answer download(Request request) {
    String name = request.pathPart("name");
    var file = backups.file(name);
    security.audit("backup downloaded", name, "");
    return Answer.stream("application/zip", out -> Files.copy(file, out)).withHeader("Content-Disposition",
        "attachment; filename=\"%s\"".formatted(name));
  }

  private Answer delete(Request request) {
    String name = request.pathPart("name");
    backups.delete(name);
    security.audit("backup deleted", name, "");
    return Renderer.done("/backups", renderer.text(request).of("backups.deleted", name));
  }
}
