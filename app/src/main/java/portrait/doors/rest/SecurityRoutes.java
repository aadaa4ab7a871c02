package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.security.AuditQuery;
import portrait.foundation.security.KeyTerms;
import portrait.foundation.security.LookUpLimits;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Role;
import portrait.foundation.security.Scope;
import portrait.foundation.security.Security;
import tools.jackson.databind.JsonNode;

/// Keys, people and what they did.
final class SecurityRoutes implements Door {

  private static final String KEYS = "/api/v1/keys";
  private static final String USERS = "/api/v1/users";

  private static final long GRACE_HOURS = 24;

  private final Security security;

  SecurityRoutes(Security security) {
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var administer = needs(Permission.ADMINISTER);
    routes.get(KEYS, administer, _ -> Answer.json(Shapes.list("keys", security.keys(), Shapes::key)));
    routes.post(KEYS, administer, this::create);
    routes.patch(KEYS + "/{id}", administer, this::change);
    routes.delete(KEYS + "/{id}", administer, this::revoke);
    routes.post(KEYS + "/{id}/rotate", administer, this::rotate);
    routes.get(USERS + "/me", needs(Permission.LOOK_UP), request -> Answer.json(Shapes.object()
        .put("name", request.caller().name()).put("role", request.caller().role().text())));
    routes.put(USERS + "/me/password", needs(Permission.VIEW), this::changePassword);
    routes.get(USERS, administer, _ -> Answer.json(Shapes.list("users", security.users(), Shapes::user)));
    routes.post(USERS, administer, this::createUser);
    routes.put(USERS + "/{name}/role", administer, this::setRole);
    routes.delete(USERS + "/{name}", administer, this::removeUser);
    routes.post(USERS + "/{name}/password", administer, request -> Answer.json(
        Shapes.password(security.resetPassword(request.pathPart("name")))));
    routes.put(USERS + "/{name}/password", needs(Permission.OWN), this::setPassword);
    routes.get("/api/v1/audit", administer, this::audit);
    routes.post("/api/v1/audit/check", administer, _ -> {
      security.verifyAuditTrail().ifPresent(broken -> {
        throw broken.asException();
      });
      return Answer.json(Shapes.object().put("whole", true));
    });
  }

  private Answer create(Request request) {
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    var role = Role.of(text(body, "role"));
    var made = security.createKey(new KeyTerms(role, text(body, "name"), limits(role, body.path("limits")),
        names(body, "scopes").stream().map(Scope::of).toList(), end(body.path("expiresAt")),
        rate(body.path("requestsPerSecond"))));
    return Answer.json(Shapes.newKey(made)).withStatus(201);
  }

  private Answer change(Request request) {
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    if (!body.has("requestsPerSecond") || body.size() > 1) {
      throw Problem.of(Problem.Code.INVALID_BODY, "of a key, requestsPerSecond can be changed and must be given",
          "Send {\"requestsPerSecond\": 5}, or null for the rate that holds for all keys.").asException();
    }
    String id = request.pathPart("id");
    security.setKeyRate(id, rate(body.path("requestsPerSecond")));
    return Answer
        .json(Shapes.key(security.keys().stream().filter(key -> key.id().equals(id)).findFirst().orElseThrow()));
  }

  private static Optional<Instant> end(JsonNode expiresAt) {
    if (expiresAt.isMissingNode() || expiresAt.isNull()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(expiresAt.asString("")));
    } catch (DateTimeException noMoment) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_BODY,
          "expiresAt was %s but must be a moment such as 2027-01-31T00:00:00Z".formatted(expiresAt)), noMoment);
    }
  }

  private static Optional<Integer> rate(JsonNode perSecond) {
    if (perSecond.isMissingNode() || perSecond.isNull()) {
      return Optional.empty();
    }
    if (!perSecond.isInt()) {
      throw Problem.of(Problem.Code.INVALID_BODY, "requestsPerSecond was %s but must be a whole number".formatted(
          perSecond)).asException();
    }
    return Optional.of(perSecond.asInt());
  }

  private static Optional<LookUpLimits> limits(Role role, JsonNode limits) {
    if (limits.isMissingNode() || limits.isNull()) {
      return Optional.empty();
    }
    if (role != Role.LOOKUP) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "role was '%s' but only a key with the role lookup has limits".formatted(role.text())).asException();
    }
    return Optional.of(new LookUpLimits(names(limits, "namespaces"), names(limits, "attributes"),
        names(limits, "measures"), names(limits, "segments"), names(limits, "origins")));
  }

  private Answer rotate(Request request) {
    String text = request.bodyText(Rest.BODY_BYTES_MAX);
    var hours = (text.isBlank() ? Shapes.object() : Shapes.read(text)).path("graceHours");
    if (!hours.isMissingNode() && !hours.isIntegralNumber()) {
      throw Problem.of(Problem.Code.INVALID_BODY, "graceHours was %s but must be a whole number".formatted(hours))
          .asException();
    }
    return Answer
        .json(Shapes.newKey(security.rotateKey(request.pathPart("id"), Duration.ofHours(hours.asLong(GRACE_HOURS)))));
  }

  private static List<String> names(JsonNode limits, String member) {
    var names = limits.path(member);
    if (!names.isMissingNode() && !names.isArray()) {
      throw Problem.of(Problem.Code.INVALID_BODY, "%s must be a list of texts".formatted(member)).asException();
    }
    return names.valueStream().map(name -> name.asString("")).toList();
  }

  private Answer revoke(Request request) {
    security.revokeKey(request.pathPart("id"));
    return Answer.json(Shapes.object().put("id", request.pathPart("id")).put("revoked", true));
  }

  private Answer audit(Request request) {
    int limit = request.query("limit", 1, AuditQuery.LIMIT_MAX, 100);
    var entries = security.auditTrail(new AuditQuery(request.query("by"), request.query("text"),
        Rest.moment(request, "from"), Rest.moment(request, "to"),
        request.query("before", 1L, AuditQuery.ALL, AuditQuery.ALL), limit));
    var answer = Shapes.list("entries", entries, Shapes::audit);
    return Answer.json(entries.size() < limit ? answer.putNull("next")
        : answer.put("next", entries.getLast().number()));
  }

  private Answer createUser(Request request) {
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    var role = Role.of(text(body, "role"));
    var made = security.createUser(text(body, "name"), role);
    return Answer.json(Shapes.password(made).put("role", role.text())).withStatus(201);
  }

  private Answer setRole(Request request) {
    var role = Role.of(text(Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX)), "role"));
    security.setRole(request.pathPart("name"), role);
    return Answer.json(Shapes.object().put("name", request.pathPart("name")).put("role", role.text()));
  }

  private Answer removeUser(Request request) {
    security.removeUser(request.pathPart("name"));
    return Answer.json(Shapes.object().put("name", request.pathPart("name")).put("removed", true));
  }

  private Answer changePassword(Request request) {
    if (request.session().isEmpty()) {
      throw Problem.of(Problem.Code.NOT_ALLOWED, "only somebody who is signed in has a password, a key has none")
          .asException();
    }
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    security.changePassword(request.caller().name(), Secret.of(text(body, "current")),
        Secret.of(text(body, "password")));
    return Answer.empty();
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
