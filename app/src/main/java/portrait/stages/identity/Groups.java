package portrait.stages.identity;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Identities that hang together through their customers and through new links: a union-find whose elements are the
/// customers, and the identities that have none yet.
final class Groups {

  private final Map<Long, Long> parents = new HashMap<>();
  private final Map<Long, Node> nodes = new LinkedHashMap<>();

  void add(Node node) {
    nodes.put(node.number(), node);
    parents.putIfAbsent(unit(node), unit(node));
  }

  void join(Node one, Node other) {
    parents.put(root(unit(one)), root(unit(other)));
  }

  Collection<List<Node>> all() {
    var groups = new LinkedHashMap<Long, List<Node>>();
    for (Node node : nodes.values()) {
      groups.computeIfAbsent(root(unit(node)), _ -> new ArrayList<>()).add(node);
    }
    return groups.values();
  }

  /// Customers are positive and lone identities negative, so that the two sequences cannot meet.
  private static long unit(Node node) {
    return node.customer() == Node.UNSETTLED ? -node.number() : node.customer();
  }

  private long root(long unit) {
    long at = unit;
    long above = Objects.requireNonNull(parents.get(at));
    while (above != at) {
      long next = Objects.requireNonNull(parents.get(above));
      parents.put(at, next);
      at = above;
      above = next;
    }
    return at;
  }
}
