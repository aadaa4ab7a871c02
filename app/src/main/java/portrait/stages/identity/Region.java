package portrait.stages.identity;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import portrait.foundation.database.LostRaceException;

/// The customers around some identities, as the links say they should be.
///
/// @param customers as they are, locked
/// @param parts the identities of each customer as it should be
/// @param links all links of the identities
/// @param cut those that do not hold
/// @param separated identities that a person keeps apart from others
record Region(Map<Long, CustomerRow> customers, Collection<List<Node>> parts, List<LinkRow> links,
    Set<LinkRow> cut, Set<Long> separated) {

  /// Reads the customers of the seeds, and more of them for as long as others are affected.
  static Region around(GraphTables tables, Namespaces namespaces, Collection<Long> seeds) {
    Map<Long, Node> seeded = tables.nodesByNumber(seeds);
    var wanted = new HashSet<Long>();
    seeded.values().stream().map(Node::customer).filter(customer -> customer != Node.UNSETTLED).forEach(wanted::add);
    while (true) {
      Map<Long, CustomerRow> customers = tables.lock(wanted);
      if (customers.size() < wanted.size()) {
        throw new LostRaceException("a customer was merged by another writer");
      }
      Map<Long, Node> members = tables.members(wanted);
      seeded.values().stream().filter(node -> node.customer() == Node.UNSETTLED)
          .forEach(node -> members.put(node.number(), node));
      List<LinkRow> links = tables.exact(tables.linksOf(members.keySet()), members);
      Set<Long> outside = endpoints(links);
      outside.removeAll(members.keySet());
      Map<Long, Node> strangers = tables.nodesByNumber(outside);
      List<LinkRow> linksOutside = tables.holdingLinksOf(shared(strangers, namespaces));
      outside = endpoints(linksOutside);
      outside.removeAll(strangers.keySet());
      strangers.putAll(tables.nodesByNumber(outside));
      Map<Long, Set<Long>> separations = customers.values().stream().anyMatch(CustomerRow::separated)
          ? Separations.among(tables, members.keySet())
          : Map.of();
      switch (new Partition(namespaces, members.values(), strangers, links, linksOutside, separations).decide()) {
        case Partition.TooSmall(var more) -> {
          // A stranger that this very transaction is making has no customer yet: it joins the region by itself.
          if (more.remove(Node.UNSETTLED)) {
            strangers.values().stream().filter(node -> node.customer() == Node.UNSETTLED)
                .forEach(node -> seeded.put(node.number(), node));
          }
          wanted.addAll(more);
        }
        case Partition.Parts(var parts, var cut) -> {
          return new Region(customers, parts, links, cut, separations.keySet());
        }
      }
    }
  }

  /// Strangers whose neighbours tell whose they are. One of a unique namespace speaks for itself, and on a shared device
  /// nearly all strangers are such.
  private static Set<Long> shared(Map<Long, Node> strangers, Namespaces namespaces) {
    return strangers.values().stream().filter(node -> namespaces.of(node.identity()).limit() > 1).map(Node::number)
        .collect(Collectors.toSet());
  }

  private static Set<Long> endpoints(List<LinkRow> links) {
    var endpoints = new HashSet<Long>();
    for (LinkRow link : links) {
      endpoints.add(link.one());
      endpoints.add(link.other());
    }
    return endpoints;
  }
}
