package portrait.stages.identity;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import portrait.foundation.database.LostRaceException;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;

/// Gives every identity its customer after links came or went, within one transaction.
///
/// Links that fit are the common case: the customers they join become one, and nothing else can be affected (see
/// [Partition]). Only where they do not fit, or where a link went, the customers around are decided from nothing.
final class Settlement {

  /// History kept for one identity: a public terminal would otherwise gather cut links for ever, and each of them is
  /// read when somebody else signs in.
  static final int CUT_LINKS_MAX = 200;

  private final Transaction tx;
  private final Namespaces namespaces;
  private final Mint mint;
  private final GraphTables tables;
  private final Comparator<Node> ringOrder;
  private final Outcome outcome = new Outcome();
  private final Writes writes;

  Settlement(Transaction tx, Namespaces namespaces, Mint mint, GraphMemory memory) {
    this.tx = tx;
    this.namespaces = namespaces;
    this.mint = mint;
    this.tables = new GraphTables(tx);
    this.ringOrder = namespaces.ringOrder(Node::identity, Node::firstSeen);
    this.writes = new Writes(tx, mint, memory);
  }

  /// @param fresh identities that are not stored yet
  /// @param joined pairs of identities that a link holds together which did not before; the links are stored
  /// @param disturbed numbers of identities that lost a link, or whose links changed their order
  Outcome settle(Collection<Node> fresh, Collection<Pair> joined, Collection<Long> disturbed) {
    var known = new LinkedHashSet<Node>(tables.nodesByNumber(disturbed).values());
    for (Pair pair : joined) {
      pair.known().forEach(known::add);
    }
    Map<Long, CustomerRow> customers = lock(known);
    Map<Long, List<Node>> rings = rings(customers.keySet(), known);
    var groups = new Groups();
    fresh.forEach(groups::add);
    known.forEach(groups::add);
    joined.forEach(pair -> groups.join(pair.one(), pair.other()));
    Set<Long> disputed = new HashSet<>(disturbed);
    disputed.addAll(tables.formerValues(known.stream().map(Node::number).toList()));

    var rebuilt = new ArrayList<List<Node>>();
    for (List<Node> group : groups.all()) {
      var nodes = new ArrayList<Node>();
      var owners = new LinkedHashMap<Long, CustomerRow>();
      for (Node node : group) {
        if (node.customer() == Node.UNSETTLED) {
          nodes.add(node);
        } else if (owners.putIfAbsent(node.customer(), get(customers, node.customer())) == null) {
          nodes.addAll(get(rings, node.customer()));
        }
      }
      boolean isKeptApart = owners.size() > 1 && owners.values().stream().anyMatch(CustomerRow::separated);
      if (group.stream().noneMatch(node -> disputed.contains(node.number())) && !isKeptApart && fits(nodes)) {
        assign(List.of(nodes), owners);
      } else {
        group.stream().filter(node -> node.customer() == Node.UNSETTLED).forEach(writes::insertUnsettled);
        rebuilt.add(group);
      }
    }
    writes.flush();
    for (List<Node> group : rebuilt) {
      rebuild(group.stream().map(Node::number).toList());
    }
    return outcome;
  }

  /// Decides the customers around some identities from nothing.
  Outcome rebuild(Collection<Long> seeds) {
    Region region = Region.around(tables, namespaces, seeds);
    for (LinkRow link : region.links()) {
      boolean isCut = region.cut().contains(link);
      if (isCut != link.cut()) {
        writes.cut(link, isCut);
      }
    }
    assign(region.parts(), region.customers());
    mark(region);
    writes.flush();
    prune(region);
    return outcome;
  }

  /// Notes which customers hold an identity that a person keeps apart.
  private void mark(Region region) {
    if (region.customers().values().stream().noneMatch(CustomerRow::separated)) {
      return;
    }
    for (List<Node> part : region.parts()) {
      writes.separated(outcome.owner(part.getFirst()), part.stream().anyMatch(
          node -> region.separated().contains(node.number())));
    }
  }

  private Map<Long, CustomerRow> lock(Collection<Node> known) {
    var wanted = new HashSet<Long>();
    known.forEach(node -> wanted.add(node.customer()));
    Map<Long, CustomerRow> locked = tables.lock(wanted);
    if (locked.size() < wanted.size()) {
      throw new LostRaceException("a customer was merged by another writer");
    }
    return locked;
  }

  private Map<Long, List<Node>> rings(Set<Long> customers, Collection<Node> known) {
    Map<Long, Node> members = tables.members(customers);
    for (Node node : known) {
      Node member = members.get(node.number());
      if (member == null || member.customer() != node.customer()) {
        throw new LostRaceException("an identity was moved by another writer");
      }
    }
    var rings = new HashMap<Long, List<Node>>();
    members.values().forEach(node -> rings.computeIfAbsent(node.customer(), _ -> new ArrayList<>()).add(node));
    return rings;
  }

  private boolean fits(List<Node> nodes) {
    if (nodes.size() == 1) {
      return true;
    }
    var counts = new HashMap<String, Integer>();
    for (Node node : nodes) {
      String namespace = node.identity().namespace();
      if (counts.merge(namespace, 1, Integer::sum) > namespaces.of(namespace).limit()) {
        return false;
      }
    }
    return true;
  }

  /// Gives each part a customer. A former customer lives on in the part that holds the first identity of its key ring;
  /// where several meet, the older known one survives and the ids of the others become previous ids.
  private void assign(Collection<List<Node>> parts, Map<Long, CustomerRow> customers) {
    var firsts = new HashMap<Long, Node>();
    var sizes = new HashMap<Long, Integer>();
    for (List<Node> part : parts) {
      for (Node node : part) {
        if (node.customer() != Node.UNSETTLED) {
          firsts.merge(node.customer(), node, (one, other) -> ringOrder.compare(one, other) <= 0 ? one : other);
          sizes.merge(node.customer(), 1, Integer::sum);
        }
      }
    }
    boolean isSplit = parts.stream().mapToLong(Settlement::formerCustomers).sum() > customers.size();
    List<PreviousId> previous = isSplit ? tables.previousIds(customers.keySet()) : List.of();
    for (List<Node> part : parts) {
      List<CustomerRow> heirs = part.stream()
          .filter(node -> node.customer() != Node.UNSETTLED && get(firsts, node.customer()).equals(node))
          .map(node -> get(customers, node.customer())).sorted(CustomerRow.SURVIVOR_FIRST).toList();
      List<PreviousId> inPart = inPart(previous, part);
      CustomerRow owner = heirs.isEmpty() ? newCustomer(part, inPart) : heirs.getFirst();
      inPart.stream().filter(id -> id.customer() != owner.number() && !id.id().equals(owner.id()))
          .forEach(id -> writes.givePrevious(id, owner));
      heirs.stream().skip(1).forEach(gone -> absorb(gone, get(firsts, gone.number()), owner));
      boolean isChanged = heirs.size() != 1 || part.size() != get(sizes, owner.number())
          || part.stream().anyMatch(node -> node.customer() != owner.number());
      if (isChanged) {
        move(part, owner);
      }
      outcome.owns(owner.key(), part);
    }
  }

  private static long formerCustomers(List<Node> part) {
    if (part.size() == 1) {
      return part.getFirst().customer() == Node.UNSETTLED ? 0 : 1;
    }
    return part.stream().map(Node::customer).filter(customer -> customer != Node.UNSETTLED).distinct().count();
  }

  private static List<PreviousId> inPart(List<PreviousId> previous, List<Node> part) {
    if (previous.isEmpty()) {
      return List.of();
    }
    var numbers = new HashSet<Long>();
    part.forEach(node -> numbers.add(node.number()));
    return previous.stream().filter(id -> numbers.contains(id.identity()))
        .sorted(Comparator.comparing(PreviousId::createdAt).thenComparing(PreviousId::id)).toList();
  }

  /// A part that leaves a customer takes its own former id back when it had one: whoever kept that id finds the same
  /// people as before the merge.
  private CustomerRow newCustomer(List<Node> part, List<PreviousId> formerIds) {
    Optional<PreviousId> restored = formerIds.stream().findFirst();
    restored.ifPresent(writes::dropPrevious);
    CustomerId id = restored.map(PreviousId::id).orElseGet(() -> mint.customerId(tx));
    Instant createdAt = restored.map(PreviousId::createdAt)
        .orElseGet(() -> part.stream().map(Node::firstSeen).min(Comparator.naturalOrder()).orElseThrow());
    var customer = new CustomerRow(mint.customerNumber(tx), id, isKnown(part), createdAt, false);
    writes.insert(customer);
    outcome.made(customer.key(), formerCustomers(part) > 0);
    return customer;
  }

  private void absorb(CustomerRow gone, Node first, CustomerRow owner) {
    writes.absorb(gone, first, owner);
    outcome.absorbed(gone.key());
  }

  private void move(List<Node> part, CustomerRow owner) {
    part.stream().filter(node -> node.customer() != owner.number()).forEach(node -> writes.settle(node, owner));
    if (owner.known() != isKnown(part)) {
      writes.known(owner, isKnown(part));
    }
    outcome.changed(owner.key());
  }

  private boolean isKnown(List<Node> part) {
    return part.stream().anyMatch(node -> namespaces.of(node.identity()).type() == Namespace.Type.PERSON);
  }

  private void prune(Region region) {
    var cutLinks = new HashMap<Long, List<LinkRow>>();
    for (LinkRow link : region.cut()) {
      cutLinks.computeIfAbsent(link.one(), _ -> new ArrayList<>()).add(link);
      cutLinks.computeIfAbsent(link.other(), _ -> new ArrayList<>()).add(link);
    }
    for (List<LinkRow> ofOne : cutLinks.values()) {
      if (ofOne.size() > CUT_LINKS_MAX) {
        ofOne.stream().sorted(Comparator.comparing(LinkRow::lastSeen).thenComparing(LinkRow::one)
            .thenComparing(LinkRow::other).thenComparing(LinkRow::source)).limit(ofOne.size() - CUT_LINKS_MAX)
            .forEach(writes::delete);
      }
    }
    writes.flush();
  }

  private static <V> V get(Map<Long, V> map, long key) {
    return Objects.requireNonNull(map.get(key));
  }
}
