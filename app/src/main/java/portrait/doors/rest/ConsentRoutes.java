package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.consents.Consents;
import portrait.processes.consents.Standing;
import portrait.processes.consents.Tally;
import portrait.stages.consent.Consent;
import portrait.stages.consent.Status;
import tools.jackson.databind.node.ObjectNode;

/// What people agree to, purpose by purpose.
final class ConsentRoutes implements Door {

  private static final String OF_PROFILE = "/api/v1/profiles/{namespace}/<value>/consents";

  private final Consents consents;
  private final Security security;

  ConsentRoutes(Consents consents, Security security) {
    this.consents = consents;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/api/v1/consents", needs(Permission.VIEW).withPatience(),
        _ -> Answer.json(Shapes.list("purposes", consents.tallies(), ConsentRoutes::tally)));
    routes.get(OF_PROFILE, needs(Permission.LOOK_UP).withAnyOrigin(), request -> Answer.json(of(identity(request))));
    routes.put(OF_PROFILE + "/{purpose}", needs(Permission.CONTRIBUTE), this::say);
  }

  private static Identity identity(Request request) {
    return Identity.asked(request.pathPart("namespace"), request.pathPart("value"));
  }

  private ObjectNode of(Identity identity) {
    return Shapes.list("consents", consents.of(identity).orElseThrow(() -> Problem.of(Problem.Code.UNKNOWN_PROFILE,
        "no customer has this identity in the namespace %s".formatted(identity.namespace()),
        "Check the spelling: values are compared exactly.").asException()), ConsentRoutes::standing);
  }

  private Answer say(Request request) {
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    String purpose = request.pathPart("purpose");
    if (!Consent.purpose(purpose).equals(purpose)) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "purpose was '%s' but must have small letters, digits, '-' and '_' only, at most 60".formatted(purpose))
          .asException();
    }
    var status = status(body.path("status").asString(""));
    consents.say(identity(request), purpose, status, at(body.path("at").asString("")));
    security.audit("consent changed", "Purpose/" + purpose, status.text());
    return Answer.json(of(identity(request)));
  }

  private static Status status(String text) {
    try {
      return Status.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException wrong) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_PARAMETER,
          "status was '%s' but must be granted, denied or unknown".formatted(text)), wrong);
    }
  }

  private static Optional<Instant> at(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
    } catch (DateTimeException wrong) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_PARAMETER,
          "at was '%s' but must be a time such as 2026-05-04T10:00:00Z".formatted(text)), wrong);
    }
  }

  private static ObjectNode standing(Standing standing) {
    var shape = Shapes.object().put("purpose", standing.purpose()).put("title", standing.title())
        .put("status", standing.status().text()).put("allowed", standing.isAllowed())
        .put("defined", standing.isDefined());
    shape.put("since", standing.decisive().map(said -> Shapes.time(said.at())).orElse(null))
        .put("source", standing.decisive().map(Standing.Said::source).orElse(null));
    shape.set("identity", standing.decisive().map(said -> Shapes.identity(said.identity())).orElse(null));
    return shape.set("said", Shapes.array(standing.said(), ConsentRoutes::said));
  }

  private static ObjectNode said(Standing.Said said) {
    var shape = Shapes.object().put("status", said.status().text()).put("source", said.source()).put("at",
        Shapes.time(said.at()));
    return shape.set("identity", Shapes.identity(said.identity()));
  }

  private static ObjectNode tally(Tally tally) {
    var shape = Shapes.object().put("purpose", tally.purpose()).put("title", tally.title())
        .put("description", tally.description()).put("defined", tally.isDefined())
        .put("unknownMeans", tally.isOptOut() ? "granted" : "denied").put("granted", tally.granted())
        .put("denied", tally.denied()).put("unknown", tally.unknown()).put("allowed", tally.allowed());
    tally.defaults().forEach(shape.putArray("defaultFor")::add);
    return shape;
  }
}
