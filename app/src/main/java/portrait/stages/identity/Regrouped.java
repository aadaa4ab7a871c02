package portrait.stages.identity;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// Customers whose key rings a change of links touched.
///
/// @param changed those that are there; evaluate them again
/// @param absorbed those that are no more: their ids lead to whom they became part of
public record Regrouped(List<CustomerKey> changed, List<CustomerKey> absorbed) {

  public static final Regrouped NOBODY = new Regrouped(List.of(), List.of());

  public Regrouped {
    changed = List.copyOf(changed);
    absorbed = List.copyOf(absorbed);
  }

  /// This, and what happened after it.
  public Regrouped then(Regrouped next) {
    var gone = new LinkedHashSet<>(absorbed);
    gone.addAll(next.absorbed);
    var there = new LinkedHashSet<>(changed);
    there.addAll(next.changed);
    there.removeAll(gone);
    return new Regrouped(List.copyOf(there), new ArrayList<>(gone));
  }
}
