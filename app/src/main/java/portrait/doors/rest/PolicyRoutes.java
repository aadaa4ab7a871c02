package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.util.List;
import java.util.Locale;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Identity;
import portrait.foundation.security.Permission;
import portrait.processes.live.Comparison;
import portrait.processes.live.Live;
import portrait.stages.policies.MergePolicy;
import portrait.stages.unification.Unification;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/// Merge policies: which there are, and what another would make of real profiles.
final class PolicyRoutes implements Door {

  private static final String ALL = "/api/v1/policies";
  private static final int SAMPLE_MAX = 1_000;

  private final Live live;
  private final Definitions definitions;

  PolicyRoutes(Live live, Definitions definitions) {
    this.live = live;
    this.definitions = definitions;
  }

  @Override
  public void routes(Routes routes) {
    routes.get(ALL, needs(Permission.VIEW), _ -> Answer.json(policies()));
    routes.post(ALL + "/preview", needs(Permission.VIEW).withPatience(), this::preview);
  }

  private ObjectNode policies() {
    var all = Unification.policies(definitions);
    return Shapes.list("policies", all, policy -> {
      var shape = Shapes.object().put("name", policy.name()).put("title", policy.title())
          .put("inForce", policy == all.getFirst())
          .put("rule", policy.standard().how().name().toLowerCase(Locale.ROOT));
      var order = shape.putArray("order");
      policy.standard().order().forEach(order::add);
      return shape;
    });
  }

  /// The policy in force against another: one of those there are, or one that is only proposed in the body.
  private Answer preview(Request request) {
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    String proposed = body.path("definitions").asString("");
    var among = proposed.isBlank() ? definitions : definitions.proposed(proposed);
    var two = List.of(Unification.policies(definitions).getFirst(),
        Unification.policy(among, body.path("policy").asString("")));
    var namespace = body.path("namespace").asString("");
    var comparison = namespace.isEmpty()
        ? live.compare(two, body.path("limit").asInt(100) > SAMPLE_MAX ? SAMPLE_MAX : body.path("limit").asInt(100))
        : live.compare(two, Identity.asked(namespace, body.path("value").asString("")));
    return Answer.json(shape(two, comparison));
  }

  private static ObjectNode shape(List<MergePolicy> two, Comparison comparison) {
    var shape = Shapes.object();
    var names = shape.putArray("policies");
    two.forEach(policy -> names.add(policy.name()));
    shape.put("examined", comparison.examined()).put("different", comparison.different());
    var attributes = shape.putObject("attributes");
    comparison.attributes().forEach(attributes::put);
    shape.set("customers", Shapes.array(comparison.customers(), customer -> {
      var told = Shapes.object().put("customerId", customer.id().toString());
      told.set("attributes", Shapes.array(customer.rows(), row -> {
        var line = Shapes.object().put("name", row.name()).put("differs", row.differs());
        line.set("values", Shapes.array(row.values(), value -> value.<JsonNode>map(won -> {
          var said = Shapes.object();
          said.set("value", Shapes.value(won.value()));
          return said.put("source", won.source()).put("at", Shapes.time(won.at()));
        }).orElse(NullNode.getInstance())));
        return line;
      }));
      return told;
    }));
    return shape;
  }
}
