package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.consents.Consents;
import portrait.processes.rollout.Rollout;
import portrait.stages.consent.Purpose;
import portrait.stages.consent.Status;
import tools.jackson.databind.json.JsonMapper;

/// What data about people may be used for, and what they say to it.
final class Purposes implements Door {

  private static final String PAGE = "/consent";
  private static final Set<String> WORDS = Set.of("granted", "denied", "unknown");

  private final Renderer renderer;
  private final Consents consents;
  private final Definitions definitions;
  private final Rollout rollout;
  private final Security security;

  Purposes(Renderer renderer, Consents consents, Definitions definitions, Rollout rollout, Security security) {
    this.renderer = renderer;
    this.consents = consents;
    this.definitions = definitions;
    this.rollout = rollout;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    routes.get(PAGE, needs(Permission.VIEW).withPatience(), request -> page(request, "", "denied", List.of(), 200));
    routes.post(PAGE, needs(Permission.ADMINISTER), this::add);
    routes.post("/customers/{id}/consent", needs(Permission.CONTRIBUTE), this::say);
  }

  private Answer page(Request request, String title, String unknown, List<String> mistakes, int status) {
    return renderer.page(request, "consent", renderer.text(request).of("nav.consent"), "consent",
        new ConsentPage(consents.tallies(), title, unknown, mistakes)).withStatus(status);
  }

  private Answer add(Request request) {
    var text = renderer.text(request);
    String title = request.form("title").orElse("").strip();
    String unknown = request.form("unknown").filter("granted"::equals).orElse("denied");
    var spec = JsonMapper.shared().createObjectNode().put("title", title).put("unknown", unknown);
    var defaults = spec.putArray("default_for");
    List.of("segments", "exports").stream().filter(place -> request.form("default-" + place).isPresent())
        .forEach(defaults::add);
    try {
      definitions.apply(
          Definition.document(Purpose.KIND.name(), definitions.freeName(Purpose.KIND.name(), title), spec),
          request.caller().name(), Editing.of(request));
      rollout.start(request.caller().name());
      return Renderer.done(PAGE, text.of("consent.saved", title));
    } catch (ProblemException refused) {
      return page(request, title, unknown, SentText.mistakes(refused.problem(), text),
          Answer.problem(refused.problem(), request.id()).status());
    }
  }

  private Answer say(Request request) {
    String id = CustomerId.of(request.pathPart("id")).toString();
    String purpose = request.form("purpose").orElse("");
    var status = Status.valueOf(request.form("status").filter(WORDS::contains).orElse("unknown")
        .toUpperCase(Locale.ROOT));
    try {
      consents.say(new Identity("customer", id), purpose, status, Optional.empty());
      security.audit("consent changed", "Purpose/" + purpose, status.text());
      return Renderer.done("/customers/" + id, renderer.text(request).of("consent.said"));
    } catch (ProblemException refused) {
      return Renderer.failed("/customers/" + id, refused.problem());
    }
  }
}
