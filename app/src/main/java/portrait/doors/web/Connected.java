package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.connections.ConnectionDefinition;
import portrait.foundation.connections.Connections;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.SecretInfo;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.stages.enrichments.Enrichments;
import portrait.stages.exports.Exports;
import portrait.stages.sources.Sources;
import tools.jackson.databind.json.JsonMapper;

/// Places outside: discovered, set up with a form made from the connector's record, verified, shared, removed.
final class Connected implements Door {

  private static final String PAGE = "/connections";
  private static final String ONE = PAGE + "/{name}";

  private final Renderer renderer;
  private final Connections connections;
  private final Exports exports;
  private final Enrichments enrichments;
  private final Definitions definitions;
  private final Security security;
  private final Sources sources;

  Connected(Renderer renderer, Connections connections, Exports exports, Enrichments enrichments,
      Definitions definitions, Security security, Sources sources) {
    this.sources = sources;
    this.enrichments = enrichments;
    this.renderer = renderer;
    this.connections = connections;
    this.exports = exports;
    this.definitions = definitions;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var administer = needs(Permission.ADMINISTER);
    routes.get(PAGE, needs(Permission.VIEW), this::list);
    routes.get(PAGE + "/new", administer, this::blank);
    routes.post(PAGE + "/new", administer, request -> save(request, Optional.empty()));
    routes.get(ONE, administer, this::one);
    routes.post(ONE, administer, request -> save(request, Optional.of(connections.one(request.pathPart("name")))));
    routes.post(ONE + "/verify", administer, this::verify);
    routes.post(ONE + "/remove", administer, this::remove);
  }

  private Answer list(Request request) {
    var text = renderer.text(request);
    boolean mayAdminister = request.caller().role().allows(Permission.ADMINISTER);
    var rows = connections.all().stream().map(connection -> new ConnectionsPage.Row(connection.name(),
        connection.title(), title(connection.type(), text), changedAt(connection),
        mayAdminister ? connection.mayUse() : List.of(),
        mayAdminister ? Optional.of(connections.consent(connection).isPresent()) : Optional.empty(),
        Connections.isUsable(connection))).toList();
    var tiles = mayAdminister ? connections.connectors().stream().map(connector -> new ConnectionsPage.Tile(
        connector.type(), title(connector.type(), text),
        text.orElse("connector.%s.help".formatted(connector.type()), connector.help()))).toList()
        : List.<ConnectionsPage.Tile>of();
    return renderer.page(request, "connections", text.of("nav.connections"), "connections",
        new ConnectionsPage(rows, tiles));
  }

  private java.time.Instant changedAt(ConnectionDefinition connection) {
    return definitions.find(Connections.KIND.name(), connection.name()).map(Definition::appliedAt)
        .orElse(java.time.Instant.EPOCH);
  }

  /// What people call a kind of place.
  private String title(String type, Messages text) {
    return connections.connector(type).map(connector -> text.orElse("connector." + type, connector.title()))
        .orElse(type);
  }

  private Connector<?> connector(String type) {
    return connections.connector(type).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        "there is no connector '%s'".formatted(type), "The page Connections shows those there are.").asException());
  }

  private Answer blank(Request request) {
    var connector = connector(request.query("type").orElse(""));
    return page(request, new ConnectionPage("", "", title(connector.type(), renderer.text(request)),
        new SettingFields(connector.type(), connector.form().fields(), Map.of(), List.of()), "nobody", "",
        Optional.empty(), List.of(), List.of(), List.of()), 200);
  }

  private Answer one(Request request) {
    var connection = connections.one(request.pathPart("name"));
    var connector = connector(connection.type());
    boolean isForAll = connection.mayUse().equals(List.of("contributor"));
    return page(request, new ConnectionPage(connection.name(), connection.title(),
        title(connector.type(), renderer.text(request)),
        SettingFields.saved(connector.type(), connector.form(), connection.settings(), kept(connection.name())),
        connection.mayUse().isEmpty() ? "nobody" : isForAll ? "contributors" : "some",
        isForAll ? "" : String.join(", ", connection.mayUse()), connections.consent(connection),
        dependants(connection.name()), enrichments.using(connection.name()), List.of()), 200);
  }

  private List<String> kept(String connection) {
    String prefix = Connections.secretName(connection, "");
    return connections.secrets().stream().map(SecretInfo::name).filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length())).toList();
  }

  private List<String> dependants(String connection) {
    return exports.using(connection);
  }

  /// Secrets go into the vault before the definition that refers to them is applied.
  private Answer save(Request request, Optional<ConnectionDefinition> before) {
    var text = renderer.text(request);
    var connector = connector(before.map(ConnectionDefinition::type).or(() -> request.form("type")).orElse(""));
    String title = request.form("title").orElse("").strip();
    String name = before.map(ConnectionDefinition::name)
        .orElseGet(() -> definitions.freeName(Connections.KIND.name(), title));
    var fields = SettingFields.sent(connector.type(), connector.form(), request,
        before.isPresent() ? kept(name) : List.of());
    String sharing = request.form("sharing").orElse("nobody");
    String some = request.form("some").orElse("").strip();
    boolean isAgreed = request.form("agree").isPresent();
    var shown = new ConnectionPage(before.isPresent() ? name : "", title, title(connector.type(), text), fields,
        sharing, some, before.flatMap(connections::consent), before.isPresent() ? dependants(name) : List.of(),
        before.isPresent() ? enrichments.using(name) : List.of(), List.of());
    try {
      var mistakes = new ArrayList<String>();
      if (!isAgreed && shown.consent().isEmpty()) {
        mistakes.add(text.of("connection.mustAgree"));
      }
      var spec = JsonMapper.shared().createObjectNode().put("title", title).put("type", connector.type());
      var settings = fields.settings();
      var secrets = new java.util.LinkedHashMap<String, Secret>();
      for (var field : connector.form().fields()) {
        if (field.kind() == Form.Kind.SECRET) {
          String value = request.form(fields.inputName(field)).orElse("").strip();
          if (!value.isEmpty()) {
            secrets.put(field.name(), Secret.of(value));
          } else if (!fields.kept().contains(field.name())) {
            if (!field.isRequired()) {
              continue;
            }
            mistakes.add(text.of("connection.secretMissing", fields.title(field, text)));
          }
          settings.putObject(field.name()).put("secret", Connections.secretName(name, field.name()));
        }
      }
      spec.set("settings", settings);
      var mayUse = spec.putArray("may_use");
      sharedWith(sharing, some).forEach(mayUse::add);
      String whole = Definition.document(Connections.KIND.name(), name, spec);
      definitions.diff(whole);
      if (!mistakes.isEmpty()) {
        return page(request, with(shown, mistakes), 400);
      }
      secrets.forEach((setting, secret) -> connections.putSecret(Connections.secretName(name, setting), secret,
          request.caller().name()));
      definitions.apply(whole, request.caller().name(), Editing.of(request));
      if (isAgreed) {
        connections.agree(name, text.of("connection.privacyText"), request.caller().name());
        security.audit("agreed to data leaving", "Connection/" + name, "");
      }
      return Renderer.done(PAGE + "/" + name, text.of("connection.saved"));
    } catch (ProblemException refused) {
      return page(request, with(shown, SentText.mistakes(refused.problem(), text)),
          Answer.problem(refused.problem(), request.id()).status());
    }
  }

  private static ConnectionPage with(ConnectionPage page, List<String> mistakes) {
    return new ConnectionPage(page.name(), page.title(), page.typeTitle(), page.fields(), page.sharing(), page.some(),
        page.consent(), page.dependants(), page.enriching(), mistakes);
  }

  private static List<String> sharedWith(String sharing, String some) {
    return switch (sharing) {
      case "contributors" -> List.of("contributor");
      case "some" -> Stream.of(some.split(",")).map(String::strip).filter(name -> !name.isEmpty()).toList();
      default -> List.of();
    };
  }

  private Answer verify(Request request) {
    var connection = connections.one(request.pathPart("name"));
    try {
      String found = sources.verify(connection.name()).or(() -> enrichments.verify(connection))
          .orElseGet(() -> exports.verify(connection));
      security.audit("connection verified", "Connection/" + connection.name(), "");
      return Renderer.done(PAGE + "/" + connection.name(), renderer.text(request).of("connection.verified", found));
    } catch (ProblemException wrong) {
      return Renderer.failed(PAGE + "/" + connection.name(), wrong.problem());
    }
  }

  private Answer remove(Request request) {
    String name = connections.one(request.pathPart("name")).name();
    var dependants = dependants(name);
    var enriching = enrichments.using(name);
    try {
      definitions.refuseIfLater(Connections.KIND.name(), name, Editing.of(request));
      if (request.form("exports").filter("remove"::equals).isPresent()) {
        dependants.forEach(export -> definitions.delete(Exports.KIND.name(), export, request.caller().name()));
        enriching.forEach(each -> definitions.delete(Enrichments.KIND.name(), each, request.caller().name()));
      } else {
        exports.detach(name, request.caller().name());
        enrichments.detach(name, request.caller().name());
      }
      definitions.delete(Connections.KIND.name(), name, request.caller().name(), Editing.of(request));
      security.audit("definition deleted", "Connection/" + name,
          String.join(", ", Stream.concat(dependants.stream(), enriching.stream()).toList()));
      return Renderer.done(PAGE, renderer.text(request).of("connection.removed", name));
    } catch (ProblemException refused) {
      return Renderer.failed(PAGE + "/" + name, refused.problem());
    }
  }

  private Answer page(Request request, ConnectionPage page, int status) {
    return renderer.page(request, "connection", page.isNew() ? page.typeTitle() : page.title(), "connections", page)
        .withStatus(status);
  }
}
