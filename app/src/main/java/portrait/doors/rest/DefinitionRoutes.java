package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Seen;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.refresh.ChangeGuard;
import portrait.processes.repair.Repair;
import portrait.processes.rollout.Rollout;
import portrait.stages.sources.Sources;

/// Definitions as YAML or JSON: everything that Portrait does follows from them.
final class DefinitionRoutes implements Door {

  private static final String ALL = "/api/v1/definitions";
  private static final String KIND = ALL + "/{kind}";
  private static final String ONE = KIND + "/{name}";

  private final Definitions definitions;
  private final Sources sources;
  private final Repair repair;
  private final Rollout rollout;
  private final Security security;

  DefinitionRoutes(Definitions definitions, Sources sources, Repair repair, Rollout rollout, Security security) {
    this.definitions = definitions;
    this.sources = sources;
    this.repair = repair;
    this.rollout = rollout;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get(ALL, view, request -> ETags.answer(request, definitions.revision(),
        () -> wantsJson(request) ? whole() : yaml(definitions.export(Optional.empty()))));
    routes.post(ALL, contribute, this::apply);
    routes.get(KIND, view, request -> wantsYaml(request) ? yaml(definitions.export(Optional.of(kind(request))))
        : Answer.json(Shapes.list("definitions", definitions.list(kind(request)), Shapes::definition)));
    routes.get(KIND + "/schema", view,
        request -> Answer.bytes("application/schema+json",
            definitions.schemaOf(kind(request)).getBytes(StandardCharsets.UTF_8)));
    routes.get(ONE, view, request -> {
      var definition = one(request);
      return ETags.answer(request, definition.revision(), () -> wantsYaml(request)
          ? yaml(definitions.export(definition))
          : Answer.json(Shapes.definition(definition)));
    });
    routes.get(ONE + "/history", view, request -> Answer.json(Shapes.list("definitions",
        definitions.history(kind(request), request.pathPart("name")), Shapes::definition)));
    routes.get(ONE + "/dependants", view, request -> {
      one(request);
      var shape = Shapes.object();
      definitions.usedBy(kind(request), request.pathPart("name")).forEach(shape.putArray("direct")::add);
      definitions.usedFurther(kind(request), request.pathPart("name")).forEach(shape.putArray("further")::add);
      request.query("table").ifPresent(table -> ChangeGuard.dependants(definitions, sources,
          request.pathPart("name"), table, request.query("column")).forEach(shape.putArray("broken")::add));
      return Answer.json(shape);
    });
    routes.put(ONE, contribute, this::put);
    routes.delete(ONE, contribute, this::delete);
  }

  private Answer apply(Request request) {
    String text = request.bodyText(Rest.BODY_BYTES_MAX);
    boolean isDryRun = request.query("dryRun").filter("true"::equals).isPresent();
    if (request.query("simulate").filter("true"::equals).isPresent()) {
      var answer = Shapes.list("changes", definitions.diff(text), Shapes::change);
      return Answer.json(answer.set("identities", IdentityRoutes.simulation(repair.simulate(text))));
    }
    if (isDryRun) {
      var answer = Shapes.list("changes", definitions.diff(text), Shapes::change);
      return Answer.json(answer.set("segments", Shapes.array(rollout.forecast(text),
          forecast -> Shapes.forecast(forecast).put("name", forecast.segment()))));
    }
    var seen = ETags.seen(request, () -> OptionalLong.of(definitions.revision()), definitions.revision(),
        "the set of definitions");
    return Answer.json(Shapes.list("changes", definitions.apply(text, request.caller().name(), seen), Shapes::change));
  }

  /// The body is the whole definition, or its `spec` alone; the address decides kind and name.
  private Answer put(Request request) {
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    for (String member : List.of("kind", "name")) {
      if (body.has("spec") && body.has(member) && !body.get(member).asString("").equals(request.pathPart(member))) {
        throw Problem.of(Problem.Code.INVALID_DEFINITION,
            "%s was %s but the address says %s".formatted(member, body.get(member), request.pathPart(member)))
            .asException();
      }
    }
    String whole = Definition.document(kind(request), request.pathPart("name"),
        body.has("spec") ? body.get("spec") : body);
    var changes = definitions.apply(whole, request.caller().name(), seen(request));
    return ETags.with(Answer.json(Shapes.change(changes.getFirst())), one(request).revision());
  }

  private Answer delete(Request request) {
    var seen = seen(request);
    one(request);
    var change = definitions.delete(kind(request), request.pathPart("name"), request.caller().name(), seen);
    security.audit("definition deleted", change.kind() + "/" + change.name(), "");
    return Answer.json(Shapes.change(change));
  }

  /// What the caller saw of the one definition.
  private Seen seen(Request request) {
    long latest = definitions.revision();
    return ETags.seen(request, () -> definitions.find(kind(request), request.pathPart("name")).stream()
        .mapToLong(Definition::revision).findFirst(), latest,
        "%s %s".formatted(kind(request), request.pathPart("name")));
  }

  private Definition one(Request request) {
    return definitions.find(kind(request), request.pathPart("name"))
        .orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
            "there is no %s named %s".formatted(kind(request), request.pathPart("name"))).asException());
  }

  private static String kind(Request request) {
    return request.pathPart("kind");
  }

  private Answer whole() {
    var shape = Shapes.object().put("revision", definitions.revision());
    var all = definitions.kinds().stream().flatMap(kind -> definitions.list(kind).stream()).toList();
    return Answer.json(shape.set("definitions", Shapes.array(all, Shapes::definition)));
  }

  /// Only who asks for nothing else gets JSON of everything: it is YAML that people keep.
  private static boolean wantsJson(Request request) {
    return request.header("Accept").filter("application/json"::equals).isPresent();
  }

  private static boolean wantsYaml(Request request) {
    return request.header("Accept").filter(accept -> accept.contains("yaml")).isPresent();
  }

  private static Answer yaml(String text) {
    return Answer.bytes("application/yaml", text.getBytes(StandardCharsets.UTF_8));
  }
}
