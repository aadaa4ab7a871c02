package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Request.UploadedFile;
import portrait.doors.http.ResumableUploads;
import portrait.doors.http.Routes;
import portrait.doors.http.Uploads;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.refresh.Refresh;
import portrait.stages.sources.LoadMode;
import portrait.stages.sources.Sources;

/// Source tables: browsed, and loaded with files that are sent.
final class TableRoutes implements Door {

  private static final String ALL = "/api/v1/tables";
  private static final String ONE = ALL + "/{table}";
  private static final int ROWS_MAX = 1_000;

  private final Sources sources;
  private final Refresh refresh;
  private final Security security;
  private final Uploads uploads;
  private final ResumableUploads resumable;

  TableRoutes(Sources sources, Refresh refresh, Security security, Uploads uploads,
      ResumableUploads resumable) {
    this.sources = sources;
    this.refresh = refresh;
    this.security = security;
    this.uploads = uploads;
    this.resumable = resumable;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    routes.get(ALL, view, _ -> Answer.json(Shapes.list("tables", sources.tables(), Shapes::table)));
    routes.get(ONE, view, request -> Answer.json(Shapes.table(sources.table(table(request)).orElseThrow(
        () -> Problem.of(Problem.Code.NOT_FOUND, "there is no table %s".formatted(table(request)),
            "A Source definition makes it.").asException()))));
    routes.get(ONE + "/rows", view.withPatience(), request -> Answer.json(Shapes.preview(sources.rows(table(request),
        request.query("limit", 1, ROWS_MAX, 100), request.query("offset", 0, Integer.MAX_VALUE, 0)))));
    routes.get(ONE + "/refused", view.withPatience(),
        request -> Answer.json(Shapes.preview(sources.refused(table(request),
            request.query("limit", 1, ROWS_MAX, 100), request.query("offset", 0, Integer.MAX_VALUE, 0)))));
    routes.post("/api/v1/discover", needs(Permission.CONTRIBUTE), this::discover);
    routes.post(ONE + "/load", needs(Permission.CONTRIBUTE), this::load);
  }

  /// One file as the body with its name in `?file=`, several as a form, or those that were uploaded before with their ids
  /// in `?upload=`: together they are one load.
  private Answer load(Request request) throws IOException {
    String table = table(request);
    var definition = sources.definition(table).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        "there is no table %s".formatted(table), "A Source definition makes it.").asException());
    var mode = request.query("mode").map(TableRoutes::mode).orElse(definition.mode());
    if (request.query("upload").isPresent()) {
      var sent = resumable.whole(request.list("upload"), request.caller().name());
      var answer = load(table, sent.stream().map(ResumableUploads.Upload::content).toList(), mode);
      // Not before: what could not be loaded need not be sent again.
      sent.forEach(resumable::forget);
      return answer;
    }
    try (var kept = uploads.keep(sent(request, table))) {
      return load(table, kept.files(), mode);
    }
  }

  private Answer load(String table, List<Path> files, LoadMode mode) {
    var loaded = refresh.load(table, files, mode);
    var result = loaded.result();
    security.audit("table loaded", table, "%d rows, %d refused".formatted(result.rowsLoaded(), result.rowsRefused()));
    return Answer.json(Shapes.load(result).put("takenIn", loaded.takenIn()));
  }

  /// What a file suggests; nothing is kept of it.
  private Answer discover(Request request) throws IOException {
    try (var kept = uploads.keep(sent(request, "rows"))) {
      return Answer.json(Shapes.discovery(sources.discover(kept.files().getFirst()),
          request.query("source").orElse("files"), request.query("table").orElse("rows")));
    }
  }

  private static List<UploadedFile> sent(Request request, String name) throws IOException {
    boolean isForm = request.header("Content-Type").filter(type -> type.startsWith("multipart/form-data")).isPresent();
    return isForm ? request.files("file")
        : List.of(new UploadedFile(request.query("file").orElse(name + ".csv"), request.stream()));
  }

  private static String table(Request request) {
    return request.pathPart("table");
  }

  private static LoadMode mode(String text) {
    return switch (text) {
      case "replace" -> LoadMode.REPLACE;
      case "upsert" -> LoadMode.UPSERT;
      case "delete" -> LoadMode.DELETE;
      default -> throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "mode was '%s' but must be replace, upsert or delete".formatted(text)).asException();
    };
  }
}
