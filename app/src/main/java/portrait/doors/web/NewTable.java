package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.doors.http.Uploads;
import portrait.doors.web.NewTablePage.Reading;
import portrait.foundation.connections.ConnectionDefinition;
import portrait.foundation.connections.Connections;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Seen;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.records.KafkaCluster;
import portrait.foundation.records.RecordStores;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.stages.sources.ColumnDefinition;
import portrait.stages.sources.Discovery;
import portrait.stages.sources.LoadListener;
import portrait.stages.sources.LoadMode;
import portrait.stages.sources.Sources;
import tools.jackson.databind.json.JsonMapper;

/// From a file to a table without writing YAML: choose, look, say types and key, load.
final class NewTable implements Door {

  private static final String ADDRESS = "/tables/new";

  private final WaitingFiles waiting = new WaitingFiles();
  private final Renderer renderer;
  private final Sources sources;
  private final Definitions definitions;
  private final Security security;
  private final Uploads uploads;
  private final Connections connections;

  NewTable(Renderer renderer, Sources sources, Definitions definitions, Security security, Uploads uploads,
      Connections connections) {
    this.connections = connections;
    this.renderer = renderer;
    this.sources = sources;
    this.definitions = definitions;
    this.security = security;
    this.uploads = uploads;
  }

  @Override
  public void routes(Routes routes) {
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get(ADDRESS, contribute, request -> page(request, new NewTablePage(sourceNames(), databases(),
        request.query("source").orElse(""), "", Reading.NOTHING, Optional.empty(), List.of()), 200));
    routes.post(ADDRESS, contribute, this::look);
    routes.post(ADDRESS + "/{token}", contribute, this::load);
    routes.post(ADDRESS + "/database/read", contribute, this::read);
  }

  private Answer look(Request request) throws IOException {
    var sent = request.files("file");
    String source = request.form("source").orElse("").strip();
    String table = request.form("table").map(String::strip).filter(name -> !name.isEmpty())
        .orElseGet(() -> sent.isEmpty() ? "" : nameOf(sent.getFirst().name()));
    Uploads.Kept kept = null;
    try {
      kept = uploads.keep(sent);
      var found = sources.discover(kept.files().getFirst());
      String token = waiting.add(new WaitingFiles.Waiting(kept, found, source, table, request.caller().name()));
      kept = null;
      return page(request, looked(token, sent.getFirst().name(), found, source, table, List.of()), 200);
    } catch (ProblemException refused) {
      return page(request,
          new NewTablePage(sourceNames(), databases(), source, table, Reading.NOTHING, Optional.empty(),
              List.of(renderer.text(request).sentence(refused.problem().message()))),
          400);
    } finally {
      if (kept != null) {
        kept.close();
      }
    }
  }

  private Answer load(Request request) {
    String token = request.pathPart("token");
    var file = waiting.find(token, request.caller().name()).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        "the file is no longer here", "Choose it again.").asException());
    String source = request.form("source").orElse(file.source()).strip();
    String table = request.form("table").orElse(file.table()).strip();
    var chosen = chosen(file.found(), request);
    var seen = new Seen(definitions.revision());
    try {
      definitions.apply(
          SourceWithTable.of(definitions.find("Source", source), chosen.yaml(source, table), source, table),
          request.caller().name(), seen);
    } catch (ProblemException refused) {
      return page(request, looked(token, "", chosen, source, table,
          SentText.mistakes(refused.problem(), renderer.text(request))), 400);
    }
    String full = source + "." + table;
    try {
      var result = sources.load(full, file.file().files(), LoadMode.REPLACE, LoadListener.silent());
      security.audit("table loaded", full, "%d rows, %d refused".formatted(result.rowsLoaded(), result.rowsRefused()));
      return Renderer.done("/tables/" + full,
          renderer.text(request).of("table.loaded.done", result.rowsLoaded(), result.rowsRefused()));
    } catch (ProblemException refused) {
      return Renderer.failed("/tables/" + full, refused.problem());
    } finally {
      waiting.done(token);
    }
  }

  /// A table that is read from a database or a topic, now and at each refresh.
  private Answer read(Request request) {
    String source = sent(request, "source");
    String table = sent(request, "table");
    String full = source + "." + table;
    var reading = new Reading(sent(request, "connection"), sent(request, "what"), sent(request, "key"),
        sent(request, "updated"));
    var spec = JsonMapper.shared().createObjectNode().put("kind", "Source").put("name", source);
    var one = spec.putObject("spec").put("title", source).putArray("tables").addObject().put("name", table)
        .put("connection", reading.connection());
    var key = one.putArray("key");
    Stream.of(reading.key().split(",")).map(String::strip).filter(name -> !name.isEmpty()).forEach(key::add);
    one.put(reading.what().matches("(?s).*\\s.*") ? "query" : "path", reading.what());
    boolean isTopic = connections.usable().stream().anyMatch(each -> each.name().equals(reading.connection())
        && each.type().equals(KafkaCluster.CONNECTOR.type()));
    if (!reading.updated().isEmpty()) {
      one.put("updated", reading.updated());
    }
    if (isTopic) {
      // A message that is no record stays in the topic whatever one does: it must not hold up the others.
      one.put("corrupt_limit", "100%");
    }
    if (isTopic || !reading.updated().isEmpty()) {
      one.put("mode", "upsert");
    }
    try {
      definitions.apply(SourceWithTable.of(definitions.find("Source", source), DefinitionText.of(spec), source, table),
          request.caller().name(), new Seen(definitions.revision()));
    } catch (ProblemException refused) {
      return page(request, new NewTablePage(sourceNames(), databases(), source, table, reading, Optional.empty(),
          SentText.mistakes(refused.problem(), renderer.text(request))), 400);
    }
    try {
      var result = sources.loadFromPath(sources.definition(full).orElseThrow(), Path.of(""), LoadListener.silent());
      security.audit("table loaded", full, "%d rows, %d refused".formatted(result.rowsLoaded(), result.rowsRefused()));
      return Renderer.done("/tables/" + full,
          renderer.text(request).of("table.loaded.done", result.rowsLoaded(), result.rowsRefused()));
    } catch (ProblemException refused) {
      return Renderer.failed("/tables/" + full, refused.problem());
    }
  }

  private static String sent(Request request, String field) {
    return request.form(field).orElse("").strip();
  }

  private List<String> databases() {
    return connections.usable().stream()
        .filter(each -> RecordStores.CONNECTORS.stream().anyMatch(known -> known.type().equals(each.type())))
        .map(ConnectionDefinition::name).toList();
  }

  /// What was found, with the types and the key that the person chose.
  private static Discovery chosen(Discovery found, Request request) {
    var columns = IntStream.range(0, found.columns().size()).mapToObj(place -> {
      var column = found.columns().get(place);
      var type = request.form("type-" + place)
          .flatMap(text -> Arrays.stream(ColumnType.values()).filter(each -> text(each).equals(text)).findFirst())
          .orElse(column.type());
      return type == column.type() ? column
          : new ColumnDefinition(column.name(), type, column.from(), column.semantic(), column.identity(),
              Optional.empty(), Optional.empty());
    }).toList();
    var key = IntStream.range(0, columns.size()).filter(place -> request.form("key-" + place).isPresent())
        .mapToObj(place -> columns.get(place).name()).toList();
    return new Discovery(found.format(), found.csv(), columns, key.isEmpty() ? List.of("line_number") : key,
        found.updated(), found.rows(), found.rowsSeen(), found.notes());
  }

  private NewTablePage looked(String token, String file, Discovery found, String source, String table,
      List<String> mistakes) {
    var columns = found.columns().stream().map(column -> new NewTablePage.Column(column.name(), column.inFile(),
        text(column.type()), found.key().contains(column.name()))).toList();
    return new NewTablePage(sourceNames(), databases(), source, table, Reading.NOTHING,
        Optional.of(new NewTablePage.Look(token, file,
            found.rowsSeen(), columns, Arrays.stream(ColumnType.values()).map(NewTable::text).toList(), found.rows(),
            found.notes())),
        mistakes);
  }

  private static String text(ColumnType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  /// `CRM contacts (2).csv` becomes `crm_contacts_2`.
  private static String nameOf(String file) {
    int end = file.indexOf('.');
    String name = (end > 0 ? file.substring(0, end) : file).replaceAll("[^A-Za-z0-9]+", "_")
        .replaceAll("^[^A-Za-z]+|_+$", "").toLowerCase(Locale.ROOT);
    return name.isEmpty() ? "rows" : name;
  }

  private List<String> sourceNames() {
    return definitions.list("Source").stream().map(source -> source.name()).toList();
  }

  private Answer page(Request request, NewTablePage page, int status) {
    return renderer.page(request, "newTable", renderer.text(request).of("newTable.title"), "tables", page)
        .withStatus(status);
  }
}
