package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.model.Identity;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.privacy.Privacy;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.identity.Namespace;

/// What a person may ask for: what is known about them, a copy of it, and that it is erased. Who is meant is sent in
/// forms, never in addresses, which end up in histories and logs.
final class PrivacyRequests implements Door {

  private static final int CERTIFICATES_SHOWN = 50;

  private final Renderer renderer;
  private final Privacy privacy;
  private final IdentityGraph identities;
  private final Database database;
  private final Security security;

  PrivacyRequests(Renderer renderer, Privacy privacy, IdentityGraph identities, Database database,
      Security security) {
    this.renderer = renderer;
    this.privacy = privacy;
    this.identities = identities;
    this.database = database;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var administer = needs(Permission.ADMINISTER);
    routes.get("/privacy", administer,
        request -> renderer.page(request, "privacy", renderer.text(request).of("nav.privacy"), "privacy",
            page("email", "", Optional.empty())));
    routes.post("/privacy", administer, this::find);
    routes.post("/privacy/export", administer, this::export);
    routes.post("/privacy/erase", administer, this::erase);
  }

  private PrivacyPage page(String namespace, String value, Optional<List<Identity>> named) {
    var namespaces = Stream.concat(database.read(identities::namespaces).stream().map(Namespace::name),
        Stream.of("email", IdentityGraph.CUSTOMER)).distinct().sorted().toList();
    return new PrivacyPage(namespaces, namespace, value, named.map(privacy::find).map(Holdings::new),
        privacy.certificates(CERTIFICATES_SHOWN), privacy.suppressed().count(), privacy.dropped());
  }

  private Answer find(Request request) {
    String namespace = request.form("namespace").orElse("email");
    String value = request.form("value").orElse("").strip();
    String title = renderer.text(request).of("nav.privacy");
    try {
      return renderer.page(request, "privacy", title, "privacy",
          page(namespace, value, Optional.of(List.of(named(request)))));
    } catch (ProblemException unknown) {
      return renderer.page(request, "privacy", title, "privacy", page(namespace, value, Optional.empty()),
          unknown.problem());
    }
  }

  private static Identity named(Request request) {
    return Identity.asked(request.form("namespace").orElse(""), request.form("value").orElse("").strip());
  }

  private Answer export(Request request) {
    var named = List.of(named(request));
    var bundle = privacy.export(named);
    security.audit("person exported", "Person/" + privacy.suppressed().hashOf(named.getFirst()), "");
    return Answer.stream("application/zip", bundle::write).withHeader("Content-Disposition",
        "attachment; filename=\"person.zip\"");
  }

  private Answer erase(Request request) {
    try {
      var started = privacy.erase(List.of(named(request)), request.form("reason").orElse("").strip(),
          request.caller().name());
      security.audit("erasure started", "Certificate/" + started.certificate(), "");
      return Renderer.done("/jobs/" + started.job(), renderer.text(request).of("privacy.started"));
    } catch (ProblemException refused) {
      return Renderer.failed("/privacy", refused.problem());
    }
  }
}
