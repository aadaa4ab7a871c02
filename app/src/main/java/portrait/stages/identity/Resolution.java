package portrait.stages.identity;

import java.util.List;

/// Whom a sighting belongs to, and what it did to the graph.
///
/// @param customer owner of the anchor, after the change
/// @param anchor number of the sighting's identity of highest priority: facts are kept under it and never move
/// @param isNew whether the customer was made for this sighting
/// @param changed OTHER customers whose key ring changed, among them those that a split made; evaluate them again
/// @param absorbed customers that are no more: nearly always merged into `customer`, after a repair of the graph
///        possibly into one of `changed`
public record Resolution(CustomerKey customer, long anchor, boolean isNew, List<CustomerKey> changed,
    List<CustomerKey> absorbed) {

  public Resolution {
    changed = List.copyOf(changed);
    absorbed = List.copyOf(absorbed);
  }
}
