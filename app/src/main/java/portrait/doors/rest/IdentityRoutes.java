package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.util.Locale;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.repair.Repair;
import portrait.stages.identity.Changes;
import portrait.stages.identity.Counts;
import portrait.stages.identity.Namespace;
import portrait.stages.identity.Separation;
import portrait.stages.identity.Simulation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The identity graph as a whole: its size and namespaces, other settings tried, people kept apart.
final class IdentityRoutes implements Door {

  private static final String ALL = "/api/v1/identities";
  private static final int SEPARATIONS_MAX = 1_000;

  private final Repair repair;
  private final Jobs jobs;
  private final Security security;

  IdentityRoutes(Repair repair, Jobs jobs, Security security) {
    this.repair = repair;
    this.jobs = jobs;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get(ALL, view, _ -> Answer.json(graph()));
    routes.post(ALL + "/simulate", contribute, request -> Answer.json(
        simulation(repair.simulate(request.bodyText(Rest.BODY_BYTES_MAX), request.list("delete")))));
    routes.post(ALL + "/settle", contribute, this::settle);
    routes.get(ALL + "/separations", view, request -> Answer.json(Shapes.list("separations",
        repair.separations(request.query("limit", 1, SEPARATIONS_MAX, 100)), IdentityRoutes::separation)));
    routes.post(ALL + "/separate", contribute, request -> say(request, "identities separated", repair::separate));
    routes.post(ALL + "/rejoin", contribute, request -> say(request, "identities rejoined",
        (one, other, _, _) -> repair.rejoin(one, other)));
    routes.post(ALL + "/join", contribute, request -> say(request, "identities joined",
        (one, other, by, _) -> repair.join(one, other, by)));
    routes.post(ALL + "/unjoin", contribute, request -> say(request, "joined identities let go",
        (one, other, _, _) -> repair.unjoin(one, other)));
  }

  private ObjectNode graph() {
    Counts counts = repair.counts();
    var shape = Shapes.object().put("known", counts.known()).put("unknown", counts.unknown())
        .put("links", counts.links()).put("cutLinks", counts.cutLinks()).put("isSettled", repair.isSettled());
    shape.set("namespaces", Shapes.array(repair.namespaces(),
        namespace -> namespace(namespace).put("identities", counts.identities().getOrDefault(namespace.name(), 0L))));
    return shape;
  }

  private Answer settle(Request request) {
    var id = repair.settle(request.caller().name());
    security.audit("identity settings applied", id.toString(), "");
    var job = jobs.find(id).orElseThrow();
    return Answer.json(Shapes.job(job)).withStatus(202).withHeader("Location", "/api/v1/jobs/" + id);
  }

  /// What a person says about two identities.
  private interface Saying {

    Changes apply(Identity one, Identity other, String by, String reason);
  }

  private Answer say(Request request, String what, Saying saying) {
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    var one = identity(body, "one");
    var other = identity(body, "other");
    String reason = body.path("reason").asString("");
    var changes = saying.apply(one, other, request.caller().name(), reason);
    security.audit(what, one.namespace() + ", " + other.namespace(), reason);
    return Answer.json(changes(changes));
  }

  private static Identity identity(JsonNode body, String member) {
    try {
      return Identity.asked(body.path(member).path("namespace").asString(""),
          body.path(member).path("value").asString(""));
    } catch (ProblemException noIdentity) {
      throw new ProblemException(
          Problem.of(Problem.Code.INVALID_BODY, "%s must be an object with namespace and value: %s"
              .formatted(member, noIdentity.problem().message())),
          noIdentity);
    }
  }

  private static ObjectNode namespace(Namespace namespace) {
    var shape = Shapes.object().put("name", namespace.name()).put("title", namespace.title())
        .put("priority", namespace.priority()).put("type", namespace.type().name().toLowerCase(Locale.ROOT))
        .put("unique", namespace.unique()).put("valuesMax", namespace.valuesMax());
    var junk = shape.putArray("junk");
    namespace.junk().stream().sorted().forEach(junk::add);
    return shape;
  }

  static ObjectNode simulation(Simulation simulation) {
    var shape = Shapes.object().put("examined", simulation.examined()).put("isComplete", simulation.isComplete())
        .put("merged", simulation.merged()).put("split", simulation.split())
        .put("becomeKnown", simulation.becomeKnown()).put("becomeUnknown", simulation.becomeUnknown());
    shape.set("samples", Shapes.array(simulation.samples(), sample -> {
      var told = Shapes.object();
      told.set("before", Shapes.array(sample.before(), before -> {
        var customer = Shapes.object().put("customerId", before.id().toString());
        customer.set("identities", Shapes.array(before.identities(), Shapes::identity));
        return customer;
      }));
      told.set("after", Shapes.array(sample.after(), part -> {
        var customer = Shapes.object();
        customer.set("identities", Shapes.array(part, Shapes::identity));
        return customer;
      }));
      return told;
    }));
    return shape;
  }

  private static ObjectNode separation(Separation separation) {
    var shape = Shapes.object();
    shape.set("one", Shapes.identity(separation.one()));
    shape.set("other", Shapes.identity(separation.other()));
    return shape.put("by", separation.by()).put("at", Shapes.time(separation.at())).put("reason", separation.reason());
  }

  private static ObjectNode changes(Changes changes) {
    var shape = Shapes.object().put("merged", changes.merged()).put("split", changes.split());
    var customers = shape.putArray("customerIds");
    changes.touched().stream().map(customer -> customer.id().toString()).sorted().forEach(customers::add);
    return shape;
  }
}
