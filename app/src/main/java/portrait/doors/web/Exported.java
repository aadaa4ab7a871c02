package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.connections.ConnectionDefinition;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.Columns;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.foundation.warehouse.Warehouse;
import portrait.stages.consent.Purpose;
import portrait.stages.exports.DryRun;
import portrait.stages.exports.ExportDefinition;
import portrait.stages.exports.ExportDefinition.Occasion;
import portrait.stages.exports.Exports;
import portrait.stages.exports.Refusal;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.measures.CustomerMeasure;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Customers sent to other systems: made with a form, tried, run, looked back upon.
final class Exported implements Door {

  private static final String PAGE = "/exports";
  private static final String ONE = PAGE + "/{name}";
  private static final int RUNS = 20;
  private static final int REFUSALS = 20;
  private static final int LOOKED_AT = 50;

  private final Renderer renderer;
  private final Exports exports;
  private final Connections connections;
  private final Definitions definitions;
  private final Segments segments;
  private final Measures measures;
  private final Profiles profiles;
  private final IdentityGraph identities;
  private final Database database;
  private final Warehouse warehouse;
  private final Security security;

  Exported(Renderer renderer, Exports exports, Connections connections, Definitions definitions, Segments segments,
      Measures measures, Profiles profiles, IdentityGraph identities, Database database, Warehouse warehouse,
      Security security) {
    this.renderer = renderer;
    this.exports = exports;
    this.connections = connections;
    this.definitions = definitions;
    this.segments = segments;
    this.measures = measures;
    this.profiles = profiles;
    this.identities = identities;
    this.database = database;
    this.warehouse = warehouse;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get(PAGE, view, this::list);
    routes.get(PAGE + "/new", contribute, this::blank);
    routes.post(PAGE + "/new", contribute, request -> save(request, Optional.empty()));
    routes.get(ONE, view, request -> one(request, Optional.empty()));
    routes.get(ONE + "/edit", contribute, this::edit);
    routes.post(ONE + "/edit", contribute,
        request -> save(request, Optional.of(exports.one(request.pathPart("name")))));
    routes.post(ONE + "/run", contribute, this::run);
    routes.post(ONE + "/try", contribute, this::tried);
    routes.post(ONE + "/active", contribute, this::switched);
    routes.post(ONE + "/remove", contribute, this::remove);
  }

  private Answer list(Request request) {
    var text = renderer.text(request);
    var rows = exports.all().stream().map(export -> new ExportsPage.Row(export.name(), export.title(),
        export.connection().map(name -> connections.one(name).title()), type(export, text),
        export.occasions().contains(Occasion.SCHEDULED_REFRESH),
        exports.runs(export.name(), 1).stream().findFirst(), exports.sent(export.name()),
        exports.isManageable(export))).toList();
    return renderer.page(request, "exports", text.of("nav.exports"), "exports",
        new ExportsPage(rows, choices(request, text)));
  }

  private List<ExportsPage.Choice> choices(Request request, Messages text) {
    return !request.caller().role().allows(Permission.CONTRIBUTE) ? List.of()
        : connections.usable().stream().filter(connection -> exports.destination(connection.type()).isPresent())
            .map(connection -> new ExportsPage.Choice(connection.name(),
                connection.title(), typeTitle(connection.type(), text)))
            .toList();
  }

  private String type(ExportDefinition export, Messages text) {
    return export.connection().map(name -> typeTitle(connections.one(name).type(), text)).orElse("");
  }

  private String typeTitle(String type, Messages text) {
    return exports.destination(type).map(each -> text.orElse("connector." + type, each.connector().title()))
        .orElse(type);
  }

  private Answer one(Request request, Optional<DryRun> tried) {
    var text = renderer.text(request);
    var export = exports.one(request.pathPart("name"));
    var runs = exports.runs(export.name(), RUNS);
    var refusals = runs.isEmpty() ? List.<Refusal>of()
        : exports.refusals(runs.getFirst().id(), REFUSALS);
    return renderer.page(request, "export", export.title(), "exports",
        new ExportPage(export, export.connection().map(name -> connections.one(name).title()), type(export, text),
            exports.sent(export.name()), runs, refusals, tried, exports.isManageable(export),
            export.connection().isPresent() ? List.of() : choices(request, text)));
  }

  private Answer blank(Request request) {
    String name = request.query("connection").orElse("");
    var connection = usable(name);
    return form(request, connection, "", "",
        SettingFields.saved(exports.place(connection).targetName(), exports.place(connection).target(),
            JsonMapper.shared().createObjectNode(), List.of()),
        new HashSet<>(), "", false,
        Set.of(Occasion.SCHEDULED_REFRESH), "",
        List.of(),
        200);
  }

  private ConnectionDefinition usable(String name) {
    var connection = connections.one(name);
    if (!Connections.isUsable(connection)) {
      throw Problem.of(Problem.Code.NOT_ALLOWED, "connection '%s' is not shared with you".formatted(name),
          "Ask an administrator.").asException();
    }
    return connection;
  }

  /// One that is detached is edited with the connection that was chosen for it.
  private Answer edit(Request request) {
    var export = exports.one(request.pathPart("name"));
    var chosen = request.query("connection").or(export::connection);
    if (chosen.isEmpty()) {
      return Renderer.failed(PAGE + "/" + export.name(), Problem.of(Problem.Code.CONFLICT,
          "export '%s' is detached".formatted(export.name()), "Choose a connection first."));
    }
    var connection = usable(chosen.get());
    return form(request, connection, export.name(), export.title(),
        SettingFields.saved(exports.place(connection).targetName(),
            exports.place(connection).target(), export.settings(), List.of()),
        new HashSet<>(export.segments()),
        export.columns().stream().map(column -> column.name().equals(column.from()) ? column.name()
            : "%s = %s".formatted(column.name(), column.from())).collect(Collectors.joining("\n")),
        export.isFull(), export.occasions(), export.purpose().orElse(""), List.of(), 200);
  }

  private Answer save(Request request, Optional<ExportDefinition> before) {
    var text = renderer.text(request);
    var connection = usable(request.form("connection").orElse(""));
    var settings = SettingFields.sent(exports.place(connection).targetName(), exports.place(connection).target(),
        request, List.of());
    String title = request.form("title").orElse("").strip();
    var chosen = segments.definitions().stream().map(segment -> segment.name())
        .filter(name -> request.form("segment:" + name).isPresent()).collect(Collectors.toSet());
    boolean isEverybody = request.form("who").filter("all"::equals).isPresent();
    String columns = request.form("columns").orElse("").strip();
    boolean isFull = request.form("mode").filter("full"::equals).isPresent();
    var occasions = EnumSet.allOf(Occasion.class);
    occasions.removeIf(occasion -> request.form(occasion.member()).isEmpty());
    String purpose = request.form("purpose").orElse("");
    String name = before.map(ExportDefinition::name).orElseGet(() -> definitions.freeName(Exports.KIND.name(), title));
    try {
      if (!isEverybody && chosen.isEmpty()) {
        throw Problem.of(Problem.Code.INVALID_DEFINITION, text.of("export.chooseSegments")).asException();
      }
      ObjectNode spec = before.<ObjectNode>map(each -> (ObjectNode) definition(each).spec().deepCopy())
          .orElseGet(JsonMapper.shared()::createObjectNode);
      spec.put("title", title).put("connection", connection.name()).put("mode", isFull ? "full" : "incremental");
      for (var occasion : Occasion.values()) {
        spec.put(occasion.member(), occasions.contains(occasion));
      }
      spec.remove(List.of("segments", "purpose"));
      if (!purpose.isEmpty()) {
        spec.put("purpose", purpose);
      }
      if (!isEverybody) {
        chosen.stream().sorted().forEach(spec.putArray("segments")::add);
      }
      var written = spec.putArray("columns");
      columns.lines().map(String::strip).filter(line -> !line.isEmpty()).map(Exported::column).forEach(written::add);
      spec.set("settings", settings.settings());
      definitions.apply(Definition.document(Exports.KIND.name(), name, spec), request.caller().name(),
          Editing.of(request));
      return Renderer.done(PAGE + "/" + name, text.of("export.saved"));
    } catch (ProblemException refused) {
      return form(request, connection, before.map(ExportDefinition::name).orElse(""), title, settings,
          isEverybody ? new HashSet<>() : new HashSet<>(chosen), columns, isFull, occasions, purpose,
          SentText.mistakes(refused.problem(), text), Answer.problem(refused.problem(), request.id()).status());
    }
  }

  private Definition definition(ExportDefinition export) {
    return definitions.find(Exports.KIND.name(), export.name()).orElseThrow();
  }

  /// `town = city`, or `city` alone.
  private static JsonNode column(String line) {
    int is = line.indexOf('=');
    return is < 0 ? JsonMapper.shared().getNodeFactory().stringNode(line)
        : JsonMapper.shared().createObjectNode().put("name", line.substring(0, is).strip())
            .put("from", line.substring(is + 1).strip());
  }

  private Answer form(Request request, ConnectionDefinition connection, String name, String title,
      SettingFields settings, HashSet<String> chosen, String columns, boolean isFull, Set<Occasion> occasions,
      String purpose, List<String> mistakes, int status) {
    var text = renderer.text(request);
    Map<String, Long> sizes = database.read(segments::sizes);
    return renderer.page(request, "exportForm", name.isEmpty() ? text.of("export.new") : title, "exports",
        new ExportFormPage(name, title, connection.name(), typeTitle(connection.type(), text),
            choices(request, text), segments.definitions().stream().map(segment -> new ExportFormPage.Segment(
                segment.name(), segment.title(), sizes.getOrDefault(segment.name(), 0L))).toList(),
            fields(), settings, chosen, columns, isFull, occasions, purpose,
            definitions.all(Purpose.KIND).stream().map(Purpose::name).sorted().toList(), mistakes))
        .withStatus(status);
  }

  /// What customers have: columns of the last refresh, and what those seen last were said to have since.
  private List<String> fields() {
    var attributes = new TreeSet<String>();
    warehouse.read(session -> Columns.of(session).customer().columns().stream().map(Schema.Column::name)
        .filter(column -> !column.equals("CustomerId")).collect(Collectors.toList())).forEach(attributes::add);
    database.read(tx -> profiles.search(tx, "", Optional.empty(), LOOKED_AT, Optional.empty())).profiles()
        .forEach(profile -> attributes.addAll(profile.attributes().keySet()));
    var namespaces = database.read(identities::namespaces).stream().map(namespace -> "identity." + namespace.name());
    var numbers = measures.definitions().stream().map(CustomerMeasure::name).map(name -> "measure." + name);
    return Stream.of(attributes.stream(), numbers, namespaces,
        Stream.of("customer_id", "segments", "first_seen", "last_seen")).flatMap(each -> each).toList();
  }

  private Answer run(Request request) {
    String name = request.pathPart("name");
    try {
      var id = exports.start(name, request.form("full").isPresent(), request.caller().name());
      security.audit("export run", "Export/" + name, id.toString());
      return Renderer.done("/jobs/" + id, renderer.text(request).of("export.started"));
    } catch (ProblemException refused) {
      return Renderer.failed(PAGE + "/" + name, refused.problem());
    }
  }

  private Answer tried(Request request) {
    String name = request.pathPart("name");
    try {
      return one(request, Optional.of(exports.dryRun(name, false)));
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "the server stops"), asked);
    } catch (ProblemException refused) {
      return Renderer.failed(PAGE + "/" + name, refused.problem());
    }
  }

  private Answer switched(Request request) {
    var export = exports.one(request.pathPart("name"));
    boolean isActive = request.form("active").filter("true"::equals).isPresent();
    try {
      definitions.apply(definition(export).edited(spec -> spec.put("active", isActive)), request.caller().name(),
          Editing.of(request));
      return Renderer.done(PAGE + "/" + export.name(),
          renderer.text(request).of(isActive ? "export.switchedOn" : "export.switchedOff"));
    } catch (ProblemException refused) {
      return Renderer.failed(PAGE + "/" + export.name(), refused.problem());
    }
  }

  private Answer remove(Request request) {
    String name = exports.one(request.pathPart("name")).name();
    try {
      definitions.delete(Exports.KIND.name(), name, request.caller().name(), Editing.of(request));
      security.audit("definition deleted", "Export/" + name, "");
      return Renderer.done(PAGE, renderer.text(request).of("export.removed", name));
    } catch (ProblemException refused) {
      return Renderer.failed(PAGE + "/" + name, refused.problem());
    }
  }
}
