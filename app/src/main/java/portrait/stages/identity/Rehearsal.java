package portrait.stages.identity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;

/// Decides the customers that other namespaces could change, as [Rebuild] would, and writes nothing.
final class Rehearsal {

  private static final int SLICE = 200;
  private static final int EXAMINED_MAX = 200_000;

  private final Database database;
  private final Namespaces proposed;
  private final int samplesMax;
  private final Set<Long> seen = new HashSet<>();
  private final List<Simulation.Sample> samples = new ArrayList<>();
  private final Comparator<Node> ringOrder;
  private long examined;
  private long merged;
  private long split;

  /// @param samplesMax of each sort: merges, and splits
  Rehearsal(Database database, Namespaces proposed, int samplesMax) {
    this.database = database;
    this.proposed = proposed;
    this.samplesMax = samplesMax;
    this.ringOrder = proposed.ringOrder(Node::identity, Node::firstSeen);
  }

  Simulation run() {
    List<Long> doubtful = database.read(tx -> Rebuild.doubtful(tx, proposed));
    int from = 0;
    while (from < doubtful.size() && examined < EXAMINED_MAX) {
      List<Long> slice = doubtful.subList(from, Math.min(from + SLICE, doubtful.size()));
      examined += database.read(tx -> examine(tx, slice));
      from += slice.size();
    }
    Map<Boolean, Long> labels = database.read(tx -> Rebuild.mislabelled(tx, proposed)).values().stream()
        .collect(Collectors.partitioningBy(known -> known, Collectors.counting()));
    return new Simulation(examined, from >= doubtful.size(), merged, split, labels.getOrDefault(true, 0L),
        labels.getOrDefault(false, 0L), samples);
  }

  private long examine(Transaction tx, List<Long> slice) {
    long customers = 0;
    for (long seed : slice) {
      if (seen.contains(seed)) {
        continue;
      }
      Region region = Region.around(GraphTables.reading(tx), proposed, List.of(seed));
      // What an earlier, smaller region decided comes out the same in this one, and was counted.
      List<List<Node>> parts = region.parts().stream().filter(part -> !seen.contains(part.getFirst().number()))
          .toList();
      parts.forEach(part -> part.forEach(node -> seen.add(node.number())));
      customers += parts.stream().flatMap(List::stream).map(Node::customer).distinct().count();
      compare(region, parts);
    }
    return customers;
  }

  /// Counts as [Settlement] does: a customer lives on where the first of its key ring goes.
  private void compare(Region region, List<List<Node>> parts) {
    var rings = new HashMap<Long, List<Node>>();
    parts.forEach(part -> part
        .forEach(node -> rings.computeIfAbsent(node.customer(), _ -> new ArrayList<>()).add(node)));
    var firsts = new HashSet<Long>();
    rings.values().forEach(ring -> firsts.add(ring.stream().min(ringOrder).orElseThrow().number()));
    var changed = new HashSet<Long>();
    var after = new ArrayList<List<Node>>();
    for (List<Node> part : parts) {
      long heirs = part.stream().filter(node -> firsts.contains(node.number())).count();
      merged += Math.max(0, heirs - 1);
      split += heirs == 0 ? 1 : 0;
      boolean isSame = part.stream().map(Node::customer).distinct().count() == 1
          && part.size() == Objects.requireNonNull(rings.get(part.getFirst().customer())).size();
      if (!isSame) {
        part.forEach(node -> changed.add(node.customer()));
        after.add(part);
      }
    }
    if (!changed.isEmpty()) {
      keep(new Simulation.Sample(changed.stream().sorted().map(customer -> new Simulation.Before(
          Objects.requireNonNull(region.customers().get(customer)).id(),
          named(Objects.requireNonNull(rings.get(customer))))).toList(), after.stream().map(this::named).toList()));
    }
  }

  private void keep(Simulation.Sample sample) {
    if (samples.stream().filter(kept -> kept.isMerge() == sample.isMerge()).count() < samplesMax) {
      samples.add(sample);
    }
  }

  private List<portrait.foundation.model.Identity> named(List<Node> nodes) {
    return nodes.stream().sorted(ringOrder).map(Node::identity).toList();
  }
}
