package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.processes.live.Comparison;

/// Merge policies, and what another would make of real customers.
///
/// @param policies the one in force first
/// @param chosen the policy that is tried
/// @param customer whom it is tried on, as it was typed; empty for those seen last
/// @param draft a policy that is only proposed, as YAML
public record PoliciesPage(List<Policy> policies, String chosen, String customer, String draft,
    Optional<Comparison> comparison) {

  /// @param isEditable whether it is a definition of its own
  /// @param says in words
  public record Policy(String name, String title, boolean isInForce, boolean isEditable, String says) {}
}
