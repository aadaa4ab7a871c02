package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.util.Locale;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.refresh.Refresh;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.unification.LiveMatching;
import portrait.stages.unification.Unification;

/// What the match rules found, what one would find, and runs of them.
final class UnificationRoutes implements Door {

  private static final String ALL = "/api/v1/unification";

  private final Unification unification;
  private final Refresh refresh;
  private final Jobs jobs;
  private final Security security;
  private final Database database;
  private final IdentityGraph identities;
  private final LiveMatching matching;

  UnificationRoutes(Unification unification, LiveMatching matching, Refresh refresh, Jobs jobs, Security security,
      Database database,
      IdentityGraph identities) {
    this.database = database;
    this.identities = identities;
    this.unification = unification;
    this.matching = matching;
    this.refresh = refresh;
    this.jobs = jobs;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    routes.get(ALL, needs(Permission.VIEW), _ -> results());
    routes.get(ALL + "/pair", needs(Permission.VIEW).withPatience(), this::pair);
    routes.post(ALL + "/preview", needs(Permission.VIEW).withPatience(), this::preview);
    routes.post(ALL + "/difference", needs(Permission.VIEW).withPatience(), request -> Answer.json(Shapes.difference(
        unification.difference(Optional.of(request.bodyText(Rest.BODY_BYTES_MAX)).filter(
            body -> !body.isBlank() && !body.strip().equals("{}")), database, identities, Progress.silent()))));
    routes.post(ALL + "/run", needs(Permission.CONTRIBUTE), this::run);
  }

  private Answer results() {
    var shape = Shapes.object();
    shape.set("matching", unification.lastMatch().map(Shapes::matchReport).orElse(null));
    shape.set("customers", unification.lastChanges().map(Shapes::customerChanges).orElse(null));
    shape.set("live", Shapes.array(database.read(matching::rules), Shapes::liveRule));
    shape.set("likely", unification.lastLikely().map(Shapes::likelyReport).orElse(null));
    return Answer.json(shape);
  }

  private Answer pair(Request request) {
    var one = identity(request, "namespace", "value");
    var other = identity(request, "otherNamespace", "otherValue");
    return Answer.json(Shapes.pairExplanation(unification.explain(one, other).orElseThrow(() -> Problem.of(
        Problem.Code.NOT_FOUND, "no probabilistic rule kept a score for this pair of records",
        "Name two records by the namespaces of their tables' keys. Pairs that are far from a match are not kept.")
        .asException())));
  }

  private static Identity identity(Request request, String namespace, String value) {
    return Identity.asked(request.query(namespace).orElse(""), request.query(value).orElse(""));
  }

  private Answer preview(Request request) {
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    var rule = body.has("rule") ? body.get("rule") : body;
    if (!rule.isObject()) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "rule was %s but must be a rule as in a Unification"
          .formatted(rule),
          "For example {\"rule\": {\"name\": \"…\", \"left\": \"…\", \"right\": \"…\", \"conditions\": […]}}.")
          .asException();
    }
    return Answer.json(Shapes.rulePreview(unification.preview(rule, Progress.silent())));
  }

  private Answer run(Request request) {
    String text = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX)).path("scope").asString("everything");
    var scope = switch (text) {
      case "matching", "customers", "everything" -> Refresh.Scope.valueOf(text.toUpperCase(Locale.ROOT));
      default -> throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "scope was '%s' but must be matching, customers or everything".formatted(text)).asException();
    };
    var id = refresh.unify(scope, request.caller().name());
    security.audit("unification started", id.toString(), text);
    return Answer.json(Shapes.job(jobs.find(id).orElseThrow())).withStatus(202).withHeader("Location",
        "/api/v1/jobs/" + id);
  }
}
