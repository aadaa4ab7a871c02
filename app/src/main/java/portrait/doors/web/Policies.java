package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Identity;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.processes.live.Comparison;
import portrait.processes.live.Live;
import portrait.stages.policies.MergePolicy;
import portrait.stages.unification.Unification;

/// Which value wins, and what another policy would make of it.
final class Policies implements Door {

  private static final int SAMPLE = 100;

  private final Renderer renderer;
  private final Live live;
  private final Definitions definitions;

  Policies(Renderer renderer, Live live, Definitions definitions) {
    this.renderer = renderer;
    this.live = live;
    this.definitions = definitions;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/policies", needs(Permission.VIEW).withPatience(), request -> page(request,
        request.query("policy").orElse(""), request.query("customer").orElse("").strip(), ""));
    routes.post("/policies", needs(Permission.CONTRIBUTE).withPatience(), request -> page(request,
        request.form("policy").orElse(""), request.form("customer").orElse("").strip(),
        request.form("yaml").orElse("").strip()));
  }

  private Answer page(Request request, String chosen, String customer, String draft) {
    var text = renderer.text(request);
    var all = Unification.policies(definitions);
    try {
      var tried = tried(chosen, draft);
      Optional<Comparison> comparison = tried.map(policy -> {
        var two = List.of(all.getFirst(), policy);
        return customer.isEmpty() ? live.compare(two, SAMPLE) : live.compare(two, identity(customer));
      });
      return renderer.page(request, "policies", text.of("nav.policies"), "policies",
          new PoliciesPage(told(all, text), tried.map(MergePolicy::name).orElse(""), customer, draft, comparison));
    } catch (ProblemException refused) {
      return renderer.page(request, "policies", text.of("nav.policies"), "policies",
          new PoliciesPage(told(all, text), chosen, customer, draft, Optional.empty()), refused.problem());
    }
  }

  /// The policy in the draft, else the one chosen.
  private Optional<MergePolicy> tried(String chosen, String draft) {
    if (!draft.isEmpty()) {
      var known = Unification.policies(definitions);
      return Unification.policies(definitions.proposed(draft)).stream().filter(policy -> !known.contains(policy))
          .findFirst();
    }
    return chosen.isEmpty() ? Optional.empty() : Optional.of(Unification.policy(definitions, chosen));
  }

  /// `namespace:value`, or a CustomerId.
  private static Identity identity(String typed) {
    int colon = typed.indexOf(':');
    return colon > 0 ? Identity.asked(typed.substring(0, colon), typed.substring(colon + 1))
        : Identity.asked("customer", typed);
  }

  private static List<PoliciesPage.Policy> told(List<MergePolicy> all, Messages text) {
    return all.stream().map(policy -> new PoliciesPage.Policy(policy.name(),
        policy.name().equals(Unification.POLICY) ? text.of("policies.ofUnification", policy.title()) : policy.title(),
        policy == all.getFirst(), !policy.name().equals(Unification.POLICY),
        text.of("policies.how." + policy.standard().how().name().toLowerCase(Locale.ROOT))
            + (policy.standard().order().isEmpty() ? "" : ": " + String.join(" › ", policy.standard().order()))))
        .toList();
  }
}
