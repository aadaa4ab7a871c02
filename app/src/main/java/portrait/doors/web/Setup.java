package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Change;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.KeyTerms;
import portrait.foundation.security.LookUpLimits;
import portrait.foundation.security.NewKey;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Role;
import portrait.foundation.security.Scope;
import portrait.foundation.security.Security;
import portrait.processes.repair.Repair;
import portrait.stages.identity.IdentityGraph;

/// Definitions and keys.
final class Setup implements Door {

  private static final String ALL = "/definitions";

  private final Renderer renderer;
  private final Definitions definitions;
  private final Repair repair;
  private final Security security;
  private final Clock clock;

  Setup(Renderer renderer, Definitions definitions, Repair repair, Security security, Clock clock) {
    this.clock = clock;
    this.renderer = renderer;
    this.definitions = definitions;
    this.repair = repair;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    var contribute = needs(Permission.CONTRIBUTE);
    var administer = needs(Permission.ADMINISTER);
    routes.get("/definitions", view, request -> page(request,
        "definitions", all(request.query("example").flatMap(Setup::example).orElse(""), List.of(), ALL),
        Optional.empty()));
    routes.get("/definitions.yaml", view, _ -> Answer
        .bytes("application/yaml", definitions.export(Optional.empty()).getBytes(StandardCharsets.UTF_8))
        .withHeader("Content-Disposition", "attachment; filename=\"portrait-definitions.yaml\""));
    routes.post("/definitions", contribute, this::apply);
    routes.get("/definitions/{kind}/{name}", view, this::one);
    routes.post("/definitions/{kind}/{name}/delete", contribute, this::delete);
    routes.get("/keys", administer, request -> keys(request, Optional.empty()));
    routes.post("/keys", administer, this::makeKey);
    routes.post("/keys/{id}/rotate", administer, this::rotateKey);
    routes.post("/keys/{id}/rate", administer, this::changeRate);
    routes.post("/keys/{id}/revoke", administer, this::revokeKey);
  }

  private DefinitionsPage all(String draft, List<String> mistakes, String back) {
    var kinds = definitions.kinds().stream()
        .map(kind -> new DefinitionsPage.Kind(kind, definitions.list(kind).stream().map(Setup::entry).toList()))
        .filter(kind -> !kind.entries().isEmpty()).toList();
    return new DefinitionsPage(kinds, draft, mistakes, back);
  }

  private static DefinitionsPage.Entry entry(Definition definition) {
    return new DefinitionsPage.Entry(definition.name(), definition.spec().path("title").asString(""),
        definition.version(), definition.appliedAt(), definition.appliedBy());
  }

  /// What was written stays in the form until it is applied.
  private Answer apply(Request request) {
    String yaml = request.form("yaml").orElse("");
    try {
      if (request.form("do").filter("check"::equals).isPresent()) {
        return page(request, "definitions", all(yaml, List.of(), back(request)),
            Optional.of(checked(yaml, renderer.text(request))));
      }
      var changes = definitions.apply(yaml, request.caller().name(), Editing.of(request));
      return Renderer.done(back(request), told(changes, "definitions.applied", renderer.text(request)));
    } catch (ProblemException refused) {
      return page(request, "definitions",
          all(yaml, SentText.mistakes(refused.problem(), renderer.text(request)), back(request)),
          Optional.of(new Shell.Notice(false, renderer.text(request).of("definitions.refused"),
              renderer.text(request).sentence(refused.problem().hint()))))
          .withStatus(Answer.problem(refused.problem(), request.id()).status());
    }
  }

  /// What applying would change; where Namespaces change, also who would merge and split.
  private Shell.Notice checked(String yaml, Messages text) {
    var changes = definitions.diff(yaml);
    boolean isAboutIdentities = changes.stream().anyMatch(change -> change.kind().equals(IdentityGraph.KIND.name())
        && change.action() != Change.Action.UNCHANGED);
    if (!isAboutIdentities) {
      return new Shell.Notice(true, told(changes, "definitions.checked", text), "");
    }
    var simulation = repair.simulate(yaml);
    return new Shell.Notice(true, told(changes, "definitions.checked", text),
        text.of("definitions.simulated", text.of("identities.merged", simulation.merged()),
            text.of("identities.split", simulation.split())));
  }

  private static String told(List<Change> changes, String key, Messages text) {
    var told = changes.stream().filter(change -> change.action() != Change.Action.UNCHANGED)
        .map(change -> text.of("change." + change.action().name().toLowerCase(java.util.Locale.ROOT),
            change.kind(), change.name(), change.version()))
        .collect(Collectors.joining(", "));
    return told.isEmpty() ? text.of("definitions.unchanged") : text.of(key, told);
  }

  private static String back(Request request) {
    return request.form("back").filter(SignIn::isOurs).orElse(ALL);
  }

  private Answer one(Request request) {
    var definition = found(request);
    var history = definitions.history(definition.kind(), definition.name()).stream().map(Setup::entry).toList();
    return renderer.page(request, "definition", definition.spec().path("title").asString(definition.name()),
        "definitions",
        new DefinitionPage(definition.kind(), definition.name(), DefinitionText.of(definition), history));
  }

  private Answer delete(Request request) {
    var definition = found(request);
    try {
      definitions.delete(definition.kind(), definition.name(), request.caller().name(), Editing.of(request));
      security.audit("definition deleted", definition.kind() + "/" + definition.name(), "");
      return Renderer.done("/definitions", renderer.text(request).of("definition.deleted", definition.name()));
    } catch (ProblemException refused) {
      return Renderer.failed("/definitions/%s/%s".formatted(definition.kind(), definition.name()), refused.problem());
    }
  }

  private Definition found(Request request) {
    String kind = request.pathPart("kind");
    String name = request.pathPart("name");
    return definitions.find(kind, name).orElseThrow(
        () -> Problem.of(Problem.Code.NOT_FOUND, "there is no %s named %s".formatted(kind, name)).asException());
  }

  private Answer page(Request request, String template, DefinitionsPage page, Optional<Shell.Notice> notice) {
    String title = renderer.text(request).of("nav.definitions");
    return notice.isPresent() ? renderer.page(request, template, title, "definitions", page, notice)
        : renderer.page(request, template, title, "definitions", page);
  }

  private Answer keys(Request request, Optional<NewKey> made) {
    var roles = Arrays.stream(Role.values()).filter(role -> role != Role.OWNER)
        .filter(role -> role.ordinal() <= request.caller().role().ordinal()).map(Role::text).toList();
    Instant now = clock.instant();
    return renderer.page(request, "keys", renderer.text(request).of("nav.keys"), "keys", new KeysPage(
        security.keys().stream().map(key -> new KeysPage.Key(key, key.isValid(now))).toList(), roles, made));
  }

  private Answer makeKey(Request request) {
    var role = Role.of(request.form("role").orElse(""));
    String name = request.form("name").filter(given -> !given.isBlank()).orElse(role.text());
    var limits = limits(request);
    if (limits.isPresent() && role != Role.LOOKUP) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "only a key with the role lookup has limits").asException();
    }
    var days = request.form("days").map(String::strip).filter(text -> text.matches("[0-9]{1,5}"));
    var made = security.createKey(new KeyTerms(role, name, limits, named(request, "scopes").stream().map(Scope::of)
        .toList(), days.map(count -> clock.instant().plus(Duration.ofDays(Integer.parseInt(count)))),
        rate(request)));
    return keys(request, Optional.of(made));
  }

  private static Optional<Integer> rate(Request request) {
    return request.form("perSecond").map(String::strip).filter(text -> text.matches("[0-9]{1,7}"))
        .map(Integer::valueOf);
  }

  private Answer changeRate(Request request) {
    security.setKeyRate(request.pathPart("id"), rate(request));
    return Renderer.done("/keys", renderer.text(request).of("keys.rateChanged"));
  }

  private Answer rotateKey(Request request) {
    long hours = request.form("grace").filter(text -> text.matches("[0-9]{1,3}")).map(Long::parseLong).orElse(24L);
    return keys(request, Optional.of(security.rotateKey(request.pathPart("id"), Duration.ofHours(hours))));
  }

  /// What was filled in under the limits; empty when nothing was.
  private static Optional<LookUpLimits> limits(Request request) {
    var named = Stream.of("namespaces", "attributes", "measures", "segments", "origins")
        .map(field -> named(request, field))
        .toList();
    return named.stream().allMatch(List::isEmpty) ? Optional.empty()
        : Optional.of(new LookUpLimits(named.get(0), named.get(1), named.get(2), named.get(3), named.get(4)));
  }

  private static List<String> named(Request request, String field) {
    return Arrays.stream(request.form(field).orElse("").split("[,\\s]+")).filter(name -> !name.isEmpty()).toList();
  }

  private Answer revokeKey(Request request) {
    security.revokeKey(request.pathPart("id"));
    return Renderer.done("/keys", renderer.text(request).of("keys.revokedNow"));
  }

  /// A definition to begin with.
  private static Optional<String> example(String kind) {
    return switch (kind) {
      case "measure" -> Optional.of("""
          kind: Measure
          name: revenue_365d
          spec:
            title: Revenue, last year
            aggregate: sum
            of: amount
            event: Order Completed
            within: 365d
            default: 0
          """);
      case "policy" -> Optional.of("""
          kind: MergePolicy
          name: newest-wins
          spec:
            title: The newest wins
            rule: most_recent
            groups:
              - attributes: [street, zip, city]
          """);
      case "retention" -> Optional.of("""
          kind: Retention
          name: visitors
          spec:
            title: Visitors who stay away
            unknown_profiles: { idle: 90d }
          """);
      default -> Optional.empty();
    };
  }
}
