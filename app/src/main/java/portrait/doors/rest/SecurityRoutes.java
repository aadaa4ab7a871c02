package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.util.List;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Secret;
import portrait.foundation.security.LookUpLimits;
import portrait.foundation.security.NewKey;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Role;
import portrait.foundation.security.Security;
import tools.jackson.databind.JsonNode;

/// Keys, people and what they did.
final class SecurityRoutes implements Door {

  private static final String KEYS = "/api/v1/keys";
  private static final int AUDIT_MAX = 1_000;

  private final Security security;

  SecurityRoutes(Security security) {
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var administer = needs(Permission.ADMINISTER);
    routes.get(KEYS, administer, _ -> Answer.json(Shapes.list("keys", security.keys(), Shapes::key)));
    routes.post(KEYS, administer, this::create);
    routes.delete(KEYS + "/{id}", administer, this::revoke);
    routes.get("/api/v1/users/me", needs(Permission.LOOK_UP), request -> Answer.json(Shapes.object()
        .put("name", request.caller().name()).put("role", request.caller().role().text())));
    routes.put("/api/v1/users/{name}/password", needs(Permission.OWN), this::setPassword);
    routes.get("/api/v1/audit", administer, request -> Answer.json(
        Shapes.list("entries", security.auditTrail(request.query("limit", 1, AUDIT_MAX, 100)), Shapes::audit)));
  }

  private Answer create(Request request) {
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    var role = Role.of(text(body, "role"));
    if (role.ordinal() > request.caller().role().ordinal()) {
      throw Problem.of(Problem.Code.NOT_ALLOWED,
          "a key may not have a higher role than the one who makes it: %s".formatted(request.caller().role().text()))
          .asException();
    }
    var made = key(role, text(body, "name"), body.path("limits"));
    return Answer.json(Shapes.object().put("id", made.id()).put("key", made.key().reveal())
        .put("role", made.role().text()).put("name", made.name())).withStatus(201);
  }

  private NewKey key(Role role, String name, JsonNode limits) {
    if (limits.isMissingNode() || limits.isNull()) {
      return security.createKey(role, name);
    }
    if (role != Role.LOOKUP) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "role was '%s' but only a key with the role lookup has limits".formatted(role.text())).asException();
    }
    return security.createLookUpKey(name, new LookUpLimits(names(limits, "namespaces"), names(limits, "attributes"),
        names(limits, "measures"), names(limits, "segments"), names(limits, "origins")));
  }

  private static List<String> names(JsonNode limits, String member) {
    var names = limits.path(member);
    if (!names.isMissingNode() && !names.isArray()) {
      throw Problem.of(Problem.Code.INVALID_BODY, "limits.%s must be a list of texts".formatted(member)).asException();
    }
    return names.valueStream().map(name -> name.asString("")).toList();
  }

  private Answer revoke(Request request) {
    security.revokeKey(request.pathPart("id"));
    return Answer.json(Shapes.object().put("id", request.pathPart("id")).put("revoked", true));
  }

  private Answer setPassword(Request request) {
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    security.setPassword(request.pathPart("name"), Secret.of(text(body, "password")));
    return Answer.empty();
  }

  private static String text(JsonNode body, String member) {
    String text = body.path(member).asString("");
    if (text.isBlank()) {
      throw Problem.of(Problem.Code.INVALID_BODY, "%s is missing: it must be a text".formatted(member)).asException();
    }
    return text;
  }
}
