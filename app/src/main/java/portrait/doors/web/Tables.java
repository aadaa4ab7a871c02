package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.ResumableUploads;
import portrait.doors.http.Routes;
import portrait.doors.http.Uploads;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.refresh.Refresh;
import portrait.stages.sources.LoadMode;
import portrait.stages.sources.Preview;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableState;

/// Sources and what was read of their tables.
final class Tables implements Door {

  private static final int ROWS = 50;

  private final Renderer renderer;
  private final Sources sources;
  private final Definitions definitions;
  private final Refresh refresh;
  private final Security security;
  private final Uploads uploads;
  private final ResumableUploads resumable;

  Tables(Renderer renderer, Sources sources, Definitions definitions, Refresh refresh, Security security,
      Uploads uploads, Clock clock) {
    this.renderer = renderer;
    this.sources = sources;
    this.refresh = refresh;
    this.definitions = definitions;
    this.security = security;
    this.uploads = uploads;
    this.resumable = uploads.resumable(clock);
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/tables", needs(Permission.VIEW), this::all);
    routes.get("/tables/{table}", needs(Permission.VIEW).withPatience(), this::one);
    routes.post("/tables/{table}/load", needs(Permission.CONTRIBUTE), this::load);
  }

  private Answer all(Request request) {
    Map<String, List<TablesPage.Table>> bySource = new LinkedHashMap<>();
    for (var table : sources.tables()) {
      bySource.computeIfAbsent(table.fullName().substring(0, table.fullName().indexOf('.')), _ -> new ArrayList<>())
          .add(new TablesPage.Table(table.fullName(), table.title(), table.rows(), table.refused(), table.loadedAt(),
              table.failure().isPresent()));
    }
    var page = new TablesPage(bySource.entrySet().stream()
        .map(source -> new TablesPage.Source(source.getKey(), title(source.getKey()), source.getValue()))
        .toList());
    return renderer.page(request, "tables", renderer.text(request).of("nav.tables"), "tables", page);
  }

  private String title(String source) {
    return definitions.find("Source", source).map(found -> found.spec().path("title").asString(""))
        .filter(title -> !title.isBlank()).orElseGet(() -> Messages.label(source));
  }

  private Answer one(Request request) {
    var table = table(request);
    var text = renderer.text(request);
    int offset = request.query("offset", 0, Integer.MAX_VALUE, 0);
    var good = sources.rows(table.fullName(), ROWS, offset);
    var refused = table.refused() == 0 ? new Preview(List.of(), List.of(), 0)
        : sources.refused(table.fullName(), ROWS, 0);
    Optional<Integer> more = offset + good.rows().size() < good.total() ? Optional.of(offset + ROWS)
        : Optional.empty();
    return renderer.page(request, "table", table.title(), "tables",
        new TablePage(table.fullName(), table.title(), table.rows(), table.refused(), table.loadedAt(),
            table.failure(), good.columns(),
            cells(good, text), more, refused.columns(), cells(refused, text)));
  }

  /// Files that were sent in pieces before, with their ids, or the files themselves where the browser runs no script.
  private Answer load(Request request) throws IOException {
    String table = table(request).fullName();
    var ids = Arrays.stream(request.form("upload").orElse("").split(",")).filter(id -> !id.isBlank()).toList();
    try {
      if (!ids.isEmpty()) {
        var sent = resumable.whole(ids, request.caller().name());
        var done = load(request, table, sent.stream().map(ResumableUploads.Upload::content).toList());
        // Not before: what could not be loaded need not be sent again.
        sent.forEach(resumable::forget);
        return done;
      }
      try (var kept = uploads.keep(request.files("file"))) {
        return load(request, table, kept.files());
      }
    } catch (ProblemException refused) {
      return Renderer.failed("/tables/" + table, refused.problem());
    }
  }

  private Answer load(Request request, String table, List<Path> files) {
    var mode = switch (request.form("mode").orElse("")) {
      case "replace" -> LoadMode.REPLACE;
      case "upsert" -> LoadMode.UPSERT;
      default -> sources.definition(table).orElseThrow().mode();
    };
    var loaded = refresh.load(table, files, mode);
    var result = loaded.result();
    security.audit("table loaded", table, "%d rows, %d refused".formatted(result.rowsLoaded(), result.rowsRefused()));
    return Renderer.done("/tables/" + table, result.skippedAsSeen() ? renderer.text(request).of("table.loaded.seen")
        : renderer.text(request).of(loaded.takenIn() == 0 ? "table.loaded.done" : "table.loaded.takenIn",
            result.rowsLoaded(), result.rowsRefused(),
            loaded.takenIn()));
  }

  private static List<List<String>> cells(Preview preview, Messages text) {
    return preview.rows().stream().map(row -> row.stream().map(text::cell).toList()).toList();
  }

  private TableState table(Request request) {
    return sources.table(request.pathPart("table")).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        "there is no table %s".formatted(request.pathPart("table")), "A Source definition makes it.").asException());
  }
}
