package portrait.stages.identity;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// What settling did, collected while it works.
final class Outcome {

  private final Map<Long, CustomerKey> changed = new LinkedHashMap<>();
  private final Map<Long, CustomerKey> absorbed = new LinkedHashMap<>();
  private final Map<Long, CustomerKey> owners = new HashMap<>();
  private final Set<Long> made = new HashSet<>();
  private long merged;
  private long split;
  private long created;

  void changed(CustomerKey customer) {
    changed.put(customer.number(), customer);
  }

  void absorbed(CustomerKey customer) {
    merged++;
    changed.remove(customer.number());
    absorbed.put(customer.number(), customer);
  }

  void made(CustomerKey customer, boolean bySplit) {
    if (bySplit) {
      split++;
    } else {
      created++;
    }
    made.add(customer.number());
    changed(customer);
  }

  void owns(CustomerKey owner, List<Node> nodes) {
    nodes.forEach(node -> owners.put(node.number(), owner));
  }

  CustomerKey owner(Node node) {
    return Objects.requireNonNull(owners.get(node.number()));
  }

  /// The answer to the sighting whose anchor this is.
  Resolution of(Node anchor) {
    CustomerKey customer = Objects.requireNonNull(owners.get(anchor.number()));
    return new Resolution(customer, anchor.number(), made.contains(customer.number()),
        changed.values().stream().filter(other -> other.number() != customer.number()).toList(),
        List.copyOf(absorbed.values()));
  }

  /// What changed, for somebody who evaluates customers one by one.
  Regrouped regrouped() {
    return new Regrouped(List.copyOf(changed.values()), List.copyOf(absorbed.values()));
  }

  void addTo(ChangeCount total) {
    total.add(merged, split, created);
    total.touch(changed.values());
    total.touch(absorbed.values());
  }
}
