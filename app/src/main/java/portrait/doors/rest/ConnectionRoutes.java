package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.connections.ConnectionDefinition;
import portrait.foundation.connections.Connections;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Consent;
import portrait.foundation.connections.Form;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Secret;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.stages.enrichments.Enrichments;
import portrait.stages.exports.Exports;
import portrait.stages.sources.Sources;
import tools.jackson.databind.node.ObjectNode;

/// Places outside: which there can be, which are saved, their secrets, who answers for them.
final class ConnectionRoutes implements Door {

  private static final String ALL = "/api/v1/connections";
  private static final String ONE = ALL + "/{name}";

  private final Connections connections;
  private final Exports exports;
  private final Enrichments enrichments;
  private final Definitions definitions;
  private final Security security;
  private final Sources sources;

  ConnectionRoutes(Connections connections, Exports exports, Enrichments enrichments,
      Definitions definitions, Security security, Sources sources) {
    this.sources = sources;
    this.enrichments = enrichments;
    this.connections = connections;
    this.exports = exports;
    this.definitions = definitions;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    var administer = needs(Permission.ADMINISTER);
    routes.get(ALL, view, _ -> Answer.json(Shapes.list("connections", connections.all(), this::shape)));
    routes.get("/api/v1/connectors", view, _ -> Answer.json(Shapes.list("connectors", connections.connectors(),
        ConnectionRoutes::connector).put("privacyText", Connections.PRIVACY_TEXT)));
    routes.get(ONE, view, request -> Answer.json(shape(connections.one(request.pathPart("name")))));
    routes.put(ONE + "/secrets/{setting}", administer, this::putSecret);
    routes.post(ONE + "/agree", administer, this::agree);
    routes.post(ONE + "/verify", administer, this::verify);
    routes.delete(ONE, administer, this::remove);
    routes.get("/api/v1/vault", administer, _ -> Answer.json(vault()));
    routes.post("/api/v1/vault/rotate", administer, this::rotate);
  }

  /// Whoever does not administer is told the name, the type, and whether they may use it.
  private ObjectNode shape(ConnectionDefinition connection) {
    var shape = Shapes.object().put("name", connection.name()).put("title", connection.title())
        .put("type", connection.type()).put("mayUse", Connections.isUsable(connection));
    if (mayAdminister()) {
      shape.set("settings", connection.settings());
      connection.mayUse().forEach(shape.putArray("sharedWith")::add);
      shape.set("consent", connections.consent(connection).map(ConnectionRoutes::consent).orElse(null));
      definitions.usedBy(Connections.KIND.name(), connection.name()).forEach(shape.putArray("usedBy")::add);
    }
    return shape;
  }

  private static boolean mayAdminister() {
    var caller = portrait.foundation.security.Caller.CURRENT;
    return !caller.isBound() || caller.get().role().allows(Permission.ADMINISTER);
  }

  private static ObjectNode consent(Consent consent) {
    return Shapes.object().put("at", Shapes.time(consent.at())).put("by", consent.by()).put("text", consent.text());
  }

  private static ObjectNode connector(Connector<?> connector) {
    var shape = Shapes.object().put("type", connector.type()).put("title", connector.title())
        .put("help", connector.help());
    return shape.set("settings", Shapes.array(connector.form().fields(), ConnectionRoutes::field));
  }

  static ObjectNode field(Form.Field field) {
    var shape = Shapes.object().put("name", field.name()).put("title", field.title()).put("help", field.help())
        .put("example", field.example()).put("kind", field.kind().name().toLowerCase(java.util.Locale.ROOT))
        .put("required", field.isRequired()).put("standard", field.standard());
    field.choices().forEach(shape.putArray("choices")::add);
    return shape;
  }

  private Answer putSecret(Request request) {
    String name = Connections.secretName(request.pathPart("name"), request.pathPart("setting"));
    var value = Secret.of(Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX)).path("value").asString(""));
    connections.putSecret(name, value, request.caller().name());
    security.audit("secret put in", name, "");
    return Answer.json(Shapes.object().put("secret", name));
  }

  private Answer agree(Request request) {
    var connection = connections.one(request.pathPart("name"));
    if (!Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX)).path("agree").asBoolean(false)) {
      throw Problem.of(Problem.Code.INVALID_BODY, "agree was not true", "The text is privacyText of %s/connectors."
          .formatted("/api/v1")).asException();
    }
    var consent = connections.agree(connection.name(), Connections.PRIVACY_TEXT, request.caller().name());
    security.audit("agreed to data leaving", "Connection/" + connection.name(), "");
    return Answer.json(consent(consent));
  }

  private Answer verify(Request request) {
    var connection = connections.one(request.pathPart("name"));
    String found = sources.verify(connection.name()).or(() -> enrichments.verify(connection))
        .orElseGet(() -> exports.verify(connection));
    security.audit("connection verified", "Connection/" + connection.name(), "");
    return Answer.json(Shapes.object().put("found", found));
  }

  /// `?exports=detach` keeps exports that use it, without a connection; `?exports=remove` removes them, too.
  private Answer remove(Request request) {
    String name = connections.one(request.pathPart("name")).name();
    var dependants = exports.using(name);
    var enriching = enrichments.using(name);
    switch (request.query("exports").orElse("")) {
      case "detach" -> {
        exports.detach(name, request.caller().name());
        enrichments.detach(name, request.caller().name());
      }
      case "remove" -> {
        dependants.forEach(export -> definitions.delete(Exports.KIND.name(), export, request.caller().name()));
        enriching.forEach(each -> definitions.delete(Enrichments.KIND.name(), each, request.caller().name()));
      }
      case "" -> refuseWhileUsed(name, Stream.concat(dependants.stream(), enriching.stream()).toList());
      default -> throw Problem.of(Problem.Code.INVALID_PARAMETER, "exports was '%s' but must be detach or remove"
          .formatted(request.query("exports").orElse(""))).asException();
    }
    definitions.delete(Connections.KIND.name(), name, request.caller().name());
    security.audit("definition deleted", "Connection/" + name,
        Stream.concat(dependants.stream().map(each -> "Export/" + each),
            enriching.stream().map(each -> "Enrichment/" + each)).collect(Collectors.joining(", ")));
    return Answer.json(Shapes.object().put("removed", name).set("exports",
        Shapes.array(dependants, tools.jackson.databind.node.StringNode::valueOf)));
  }

  private static void refuseWhileUsed(String name, List<String> dependants) {
    if (!dependants.isEmpty()) {
      throw Problem.of(Problem.Code.CONFLICT, "connection '%s' is used by %s".formatted(name,
          String.join(", ", dependants)),
          "Say what becomes of them: ?exports=detach keeps them without a connection, ?exports=remove removes them.")
          .with("usedBy", String.join(",", dependants)).asException();
    }
  }

  private ObjectNode vault() {
    var shape = Shapes.list("secrets", connections.secrets(), secret -> Shapes.object().put("name", secret.name())
        .put("setAt", Shapes.time(secret.setAt())).put("setBy", secret.setBy()));
    return shape.put("problem", connections.vaultProblem().map(Problem::message).orElse(null)).put("hint",
        connections.vaultProblem().map(Problem::hint).orElse(null));
  }

  private Answer rotate(Request request) {
    int secrets = connections.rotateKey();
    security.audit("key of the vault replaced", "", "%d secrets".formatted(secrets));
    return Answer.json(Shapes.object().put("secrets", secrets));
  }
}
