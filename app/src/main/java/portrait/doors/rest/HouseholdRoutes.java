package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.util.ArrayList;
import java.util.List;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.processes.live.Live;
import portrait.stages.unification.Household;
import portrait.stages.unification.Unification;
import tools.jackson.databind.node.ObjectNode;

/// Households: customers who are related and not one person.
final class HouseholdRoutes implements Door {

  private static final String ALL = "/api/v1/households";
  private static final int PAGE_MAX = 500;

  private final Unification unification;
  private final Live live;

  HouseholdRoutes(Unification unification, Live live) {
    this.unification = unification;
    this.live = live;
  }

  @Override
  public void routes(Routes routes) {
    routes.get(ALL, needs(Permission.VIEW).withPatience(), this::list);
    routes.get(ALL + "/{namespace}/<value>", needs(Permission.VIEW), this::one);
  }

  private Answer list(Request request) {
    var page = unification.households(request.query("cursor").orElse(""), request.query("limit", 1, PAGE_MAX, 100));
    return Answer.json(Shapes.list("households", page.households(), HouseholdRoutes::brief).put("total", page.total())
        .put("next", page.next().isEmpty() ? null : page.next()));
  }

  private Answer one(Request request) {
    var identity = Identity.asked(request.pathPart("namespace"), request.pathPart("value"));
    var found = live.find(identity).flatMap(portrait -> {
      var ids = new ArrayList<>(List.of(portrait.customerId()));
      ids.addAll(portrait.previousCustomerIds());
      return unification.household(ids);
    }).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        "no customer with this identity in the namespace %s belongs to a household".formatted(identity.namespace()),
        "Households are found by probabilistic rules; a customer without relatives belongs to none.").asException());
    var shape = brief(found);
    shape.set("ties", Shapes.array(unification.ties(found), tie -> {
      var written = Shapes.object().put("rule", tie.rule()).put("probability", tie.probability());
      written.set("one", Shapes.identity(tie.one()).put("customerId", tie.oneCustomer().toString()));
      written.set("other", Shapes.identity(tie.other()).put("customerId", tie.otherCustomer().toString()));
      return written;
    }));
    return Answer.json(shape);
  }

  private static ObjectNode brief(Household household) {
    var shape = Shapes.object().put("householdId", household.id());
    household.customers().stream().map(CustomerId::toString).forEach(shape.putArray("customers")::add);
    return shape;
  }
}
