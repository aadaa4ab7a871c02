package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.util.List;
import java.util.UUID;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.privacy.Certificate;
import portrait.processes.privacy.Holding;
import portrait.processes.privacy.Privacy;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What is known about one person: found, handed out, erased. All of it is for administrators, and audited by hashes.
final class PrivacyRoutes implements Door {

  private static final String ALL = "/api/v1/privacy";
  private static final String PERSON = ALL + "/people/{namespace}/{value}";
  private static final int CERTIFICATES = 200;

  private final Privacy privacy;
  private final Jobs jobs;
  private final Security security;

  PrivacyRoutes(Privacy privacy, Jobs jobs, Security security) {
    this.privacy = privacy;
    this.jobs = jobs;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var administer = needs(Permission.ADMINISTER);
    routes.get(PERSON, administer, request -> Answer.json(found(privacy.find(List.of(named(request))))));
    routes.get(PERSON + "/export", administer, this::export);
    routes.post(ALL + "/erase", administer, this::erase);
    routes.get(ALL + "/certificates", administer,
        _ -> Answer.json(Shapes.list("certificates", privacy.certificates(CERTIFICATES), PrivacyRoutes::shape)));
    routes.get(ALL + "/certificates/{id}", administer, this::certificate);
    routes.get(ALL + "/suppressed", administer, _ -> {
      security.audit("list of suppressed identities read", "", "");
      return Answer.json(JsonMapper.shared().valueToTree(privacy.suppressed()));
    });
    routes.post(ALL + "/suppressed/lift", administer, this::lift);
  }

  private static Identity named(Request request) {
    return Identity.asked(request.pathPart("namespace"), request.pathPart("value").strip());
  }

  private static List<Identity> identities(JsonNode body) {
    return body.path("identities").valueStream()
        .map(each -> Identity.asked(each.path("namespace").asString(""), each.path("value").asString("").strip()))
        .toList();
  }

  private static ObjectNode found(List<Holding> holdings) {
    return Shapes.list("holdings", holdings, PrivacyRoutes::shape);
  }

  private Answer export(Request request) {
    var named = List.of(named(request));
    var bundle = privacy.export(named);
    security.audit("person exported", "Person/" + privacy.suppressed().hashOf(named.getFirst()), "");
    return Answer.stream("application/zip", bundle::write).withHeader("Content-Disposition",
        "attachment; filename=\"person.zip\"");
  }

  private Answer erase(Request request) {
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    var named = identities(body);
    if (body.path("dryRun").asBoolean(false)) {
      return Answer.json(found(privacy.find(named)));
    }
    var started = privacy.erase(named, body.path("reason").asString(""), request.caller().name());
    security.audit("erasure started", "Certificate/" + started.certificate(), "");
    return Answer
        .json(Shapes.object().put("certificate", started.certificate().toString()).set("job",
            Shapes.job(jobs.find(started.job()).orElseThrow())))
        .withStatus(202).withHeader("Location", "/api/v1/jobs/" + started.job());
  }

  private Answer certificate(Request request) {
    try {
      return privacy.certificate(UUID.fromString(request.pathPart("id")))
          .map(certificate -> Answer.json(shape(certificate))).orElseThrow(PrivacyRoutes::unknown);
    } catch (IllegalArgumentException _) {
      throw unknown();
    }
  }

  private static RuntimeException unknown() {
    return Problem.of(Problem.Code.NOT_FOUND, "there is no certificate of that id",
        "It is written when the job of the erasure has ended.").asException();
  }

  private Answer lift(Request request) {
    var named = identities(Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX)));
    int lifted = privacy.lift(named);
    security.audit("suppression lifted", "", "%d identities".formatted(lifted));
    return Answer.json(Shapes.object().put("lifted", lifted));
  }

  private static ObjectNode shape(Holding holding) {
    return Shapes.object().put("place", holding.place()).put("what", holding.what()).put("count", holding.count())
        .put("isKept", holding.isKept());
  }

  private static ObjectNode shape(Certificate certificate) {
    var shape = Shapes.object().put("id", certificate.id().toString()).put("at", certificate.at().toString())
        .put("by", certificate.by()).put("reason", certificate.reason()).put("left", certificate.left())
        .put("hash", certificate.hash()).put("isGenuine", certificate.isGenuine());
    certificate.subjects().forEach(shape.putArray("subjects")::add);
    certificate.erased().forEach(holding -> shape.withArray("erased").add(shape(holding)));
    certificate.kept().forEach(holding -> shape.withArray("kept").add(shape(holding)));
    return shape;
  }
}
