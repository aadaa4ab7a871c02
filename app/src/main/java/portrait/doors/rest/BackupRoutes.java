package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.nio.file.Files;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.backup.Backups;

/// Backups: taken, listed, fetched, deleted. Restoring is for the command line: it needs a home that nobody serves.
final class BackupRoutes implements Door {

  private static final String ALL = "/api/v1/backups";
  private static final String ONE = ALL + "/{name}";

  private final Backups backups;
  private final Jobs jobs;
  private final Security security;

  BackupRoutes(Backups backups, Jobs jobs, Security security) {
    this.backups = backups;
    this.jobs = jobs;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var administer = needs(Permission.ADMINISTER);
    routes.get(ALL, administer, _ -> Answer.json(Shapes.list("backups", backups.list(),
        backup -> Shapes.object().put("name", backup.name()).put("bytes", backup.bytes()).put("madeAt",
            backup.madeAt().toString()))));
    routes.post(ALL, administer, this::make);
    routes.get(ONE, administer, this::download);
    routes.delete(ONE, administer, this::delete);
  }

  private Answer make(Request request) {
    var started = backups.start(request.caller().name());
    security.audit("backup started", started.name(), "");
    return Answer
        .json(Shapes.object().put("backup", started.name()).set("job",
            Shapes.job(jobs.find(started.job()).orElseThrow())))
        .withStatus(202).withHeader("Location", "/api/v1/jobs/" + started.job());
  }

  private Answer download(Request request) {
    var file = backups.file(request.pathPart("name"));
    security.audit("backup downloaded", request.pathPart("name"), "");
    return Answer.stream("application/zip", out -> Files.copy(file, out)).withHeader("Content-Disposition",
        "attachment; filename=\"%s\"".formatted(request.pathPart("name")));
  }

  private Answer delete(Request request) {
    backups.delete(request.pathPart("name"));
    security.audit("backup deleted", request.pathPart("name"), "");
    return Answer.empty();
  }
}
