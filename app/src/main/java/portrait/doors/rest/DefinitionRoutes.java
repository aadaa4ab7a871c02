package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.repair.Repair;

/// Definitions as YAML or JSON: everything that Portrait does follows from them.
final class DefinitionRoutes implements Door {

  private static final String ALL = "/api/v1/definitions";
  private static final String KIND = ALL + "/{kind}";
  private static final String ONE = KIND + "/{name}";

  private final Definitions definitions;
  private final Repair repair;
  private final Security security;

  DefinitionRoutes(Definitions definitions, Repair repair, Security security) {
    this.definitions = definitions;
    this.repair = repair;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get(ALL, view, _ -> yaml(definitions.export(Optional.empty())));
    routes.post(ALL, contribute, this::apply);
    routes.get(KIND, view, request -> wantsYaml(request) ? yaml(definitions.export(Optional.of(kind(request))))
        : Answer.json(Shapes.list("definitions", definitions.list(kind(request)), Shapes::definition)));
    routes.get(KIND + "/schema", view,
        request -> Answer.bytes("application/schema+json",
            definitions.schemaOf(kind(request)).getBytes(StandardCharsets.UTF_8)));
    routes.get(ONE, view, request -> Answer.json(Shapes.definition(one(request))));
    routes.get(ONE + "/history", view, request -> Answer.json(Shapes.list("definitions",
        definitions.history(kind(request), request.pathPart("name")), Shapes::definition)));
    routes.get(ONE + "/dependants", view, request -> {
      one(request);
      var shape = Shapes.object();
      definitions.usedBy(kind(request), request.pathPart("name")).forEach(shape.putArray("direct")::add);
      definitions.usedFurther(kind(request), request.pathPart("name")).forEach(shape.putArray("further")::add);
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
    var changes = isDryRun ? definitions.diff(text) : definitions.apply(text, request.caller().name());
    return Answer.json(Shapes.list("changes", changes, Shapes::change));
  }

  /// The body is the whole definition, or its `spec` alone; the address decides kind and name.
  private Answer put(Request request) {
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    var whole = Shapes.object().put("kind", kind(request)).put("name", request.pathPart("name"));
    whole.set("spec", body.has("spec") ? body.get("spec") : body);
    for (String member : new String[]{"kind", "name"}) {
      if (body.has("spec") && body.has(member) && !body.get(member).equals(whole.get(member))) {
        throw Problem.of(Problem.Code.INVALID_DEFINITION,
            "%s was %s but the address says %s".formatted(member, body.get(member), whole.get(member))).asException();
      }
    }
    var changes = definitions.apply(whole.toString(), request.caller().name());
    return Answer.json(Shapes.change(changes.getFirst()));
  }

  private Answer delete(Request request) {
    one(request);
    var change = definitions.delete(kind(request), request.pathPart("name"), request.caller().name());
    security.audit("definition deleted", change.kind() + "/" + change.name(), "");
    return Answer.json(Shapes.change(change));
  }

  private Definition one(Request request) {
    return definitions.find(kind(request), request.pathPart("name"))
        .orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
            "there is no %s named %s".formatted(kind(request), request.pathPart("name"))).asException());
  }

  private static String kind(Request request) {
    return request.pathPart("kind");
  }

  private static boolean wantsYaml(Request request) {
    return request.header("Accept").filter(accept -> accept.contains("yaml")).isPresent();
  }

  private static Answer yaml(String text) {
    return Answer.bytes("application/yaml", text.getBytes(StandardCharsets.UTF_8));
  }
}
