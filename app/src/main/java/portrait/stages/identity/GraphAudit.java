package portrait.stages.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.stages.identity.GraphFlaw.Kind;

/// Compares the graph's tables with what the facts say, and mends them, within one transaction: roll it back where only
/// the flaws are wanted.
///
/// Two things are facts here although they lie in the graph's tables, because nothing else has them: which number an
/// identity has (facts hang on numbers), and which CustomerId a customer was given. Former values (withdrawn links)
/// are kept, too: the row that said them is gone.
public final class GraphAudit {

  private static final String DELETE = "DELETE FROM identity_link WHERE one = ? AND other = ? AND source = ?";
  private static final String INSERT = """
      INSERT INTO identity_link (one, other, source, fact, rule, score, first_seen, last_seen, cut, withdrawn)
      VALUES (?, ?, ?, ?, '', 1, ?, ?, ?, ?)""";
  private static final String TIMES = """
      UPDATE identity_link SET fact = ?, first_seen = ?, last_seen = ? WHERE one = ? AND other = ? AND source = ?""";
  private static final int SLICE = 5_000;

  private final Transaction tx;
  private final Namespaces namespaces;
  private final Duration grain;
  private final Mint mint;
  private final GraphMemory memory;
  private final GraphTables tables;

  GraphAudit(Transaction tx, Namespaces namespaces, Duration grain, Mint mint, GraphMemory memory) {
    this.tx = tx;
    this.namespaces = namespaces;
    this.grain = grain;
    this.mint = mint;
    this.memory = memory;
    this.tables = new GraphTables(tx);
  }

  /// A live link as it is stored.
  private record Stored(Instant first, Instant last) {}

  /// @param other number of the other identity
  private record Key(long one, long other, String source) {}

  /// Numbers of identities after this one, in ascending order.
  public List<Long> identitiesAfter(long number, int limit) {
    return tx.query("SELECT number FROM identity WHERE number > ? ORDER BY number LIMIT ?", row -> row.number(1),
        number,
        limit);
  }

  /// Numbers of identities from one to another.
  public List<Long> numbersBetween(long from, long to) {
    return tx.query("SELECT number FROM identity WHERE number >= ? AND number <= ? ORDER BY number",
        row -> row.number(1), from, to);
  }

  /// Customers after this one, in the order of their numbers.
  public List<CustomerKey> customersAfter(long number, int limit) {
    return tx.query("SELECT number, id FROM customer WHERE number > ? ORDER BY number LIMIT ?",
        row -> new CustomerKey(row.number(1), CustomerId.of(row.text(2))), number, limit);
  }

  /// Those of the customers that are not there.
  ///
  /// @param customers in the order of their numbers
  public List<CustomerKey> gone(List<CustomerKey> customers) {
    if (customers.isEmpty()) {
      return List.of();
    }
    var there = new HashSet<>(tx.query("SELECT number FROM customer WHERE number >= ? AND number <= ?",
        row -> row.number(1), customers.getFirst().number(), customers.getLast().number()));
    return customers.stream().filter(customer -> !there.contains(customer.number())).toList();
  }

  /// The identities with these numbers.
  public Map<Long, Identity> identities(Collection<Long> numbers) {
    var found = new LinkedHashMap<Long, Identity>();
    tables.nodesByNumber(numbers).forEach((number, node) -> found.put(number, node.identity()));
    return found;
  }

  /// The customer of each of these identities.
  public Set<Long> customersOf(Collection<Long> identities) {
    return tables.nodesByNumber(identities).values().stream().map(Node::customer).collect(Collectors.toSet());
  }

  /// Numbers of customers that identities name and that are not there.
  public List<Long> lostCustomers() {
    return tx.query("""
        SELECT DISTINCT i.customer FROM identity i LEFT JOIN customer c ON c.number = i.customer
        WHERE c.number IS NULL ORDER BY 1""", row -> row.number(1));
  }

  /// Puts a lost customer back.
  ///
  /// @param id what it was called; null when nobody knows any more: then it gets a new one
  public GraphFlaw restore(long number, @Nullable CustomerId id) {
    Map<Long, Node> members = tables.members(List.of(number));
    Instant createdAt = members.values().stream().map(Node::firstSeen).min(Comparator.naturalOrder()).orElseThrow();
    tx.update("INSERT INTO customer (number, id, known, created_at) VALUES (?, ?, ?, ?)", number,
        id == null ? mint.customerId(tx) : id, isKnown(members.values()), createdAt);
    tx.update("""
        UPDATE customer SET separated = ? WHERE number = ? AND EXISTS (
          SELECT 1 FROM identity_separation s JOIN identity i ON i.number = s.one OR i.number = s.other
          WHERE i.customer = ?)""", true, number, number);
    return GraphFlaw.ofCustomer(Kind.CUSTOMER_MISSING, number, members.keySet());
  }

  /// Ids that were given up and lead nowhere follow the identity that stood for their customer.
  public List<GraphFlaw> previousIds() {
    record Lost(String id, long identity, @Nullable Long customer) {}
    var lost = tx.query("""
        SELECT p.id, p.identity, i.customer FROM previous_customer_id p
        LEFT JOIN customer c ON c.number = p.customer LEFT JOIN identity i ON i.number = p.identity
        WHERE c.number IS NULL ORDER BY p.id""",
        row -> new Lost(row.text(1), row.number(2), row.numberOrNull(3)));
    for (var one : lost) {
      if (one.customer() == null) {
        tx.update("DELETE FROM previous_customer_id WHERE id = ?", one.id());
      } else {
        memory.customerChanges(tx, one.customer());
        tx.update("UPDATE previous_customer_id SET customer = ? WHERE id = ?", one.customer(), one.id());
      }
    }
    return lost.stream().map(one -> GraphFlaw.ofIdentity(Kind.PREVIOUS_ID_LOST, one.identity())).toList();
  }

  /// Links between identities that were seen together.
  ///
  /// @param said everything that hangs on the identities numbered from `from` to `to`
  /// @param isAllThere false when events were deleted: then a link may well be there that no event says any more
  public List<GraphFlaw> sightings(SaidLinks said, long from, long to, boolean isAllThere) {
    var flaws = new ArrayList<GraphFlaw>();
    var fresh = new LinkedHashMap<Identity, Node>();
    Map<Identity, Node> nodes = tables.nodes(said.identities());
    Map<Long, Node> anchors = anchors(said, nodes, fresh, flaws);
    Map<Key, Stored> stored = stored(from, to);
    var joined = new ArrayList<Pair>();
    var disturbed = new HashSet<Long>();
    said.links().forEach((link, times) -> {
      Node one = anchors.get(link.anchor());
      if (one == null || link.other().equals(one.identity()) || namespaces.isJunk(link.other())
          || namespaces.isJunk(one.identity())) {
        return;
      }
      Node other = nodes.get(link.other());
      if (other == null) {
        other = fresh(mint.identityNumber(tx), link.other(), times.first(), nodes, fresh);
        flaws.add(GraphFlaw.ofIdentity(Kind.IDENTITY_MISSING, other.number()));
      }
      Stored known = stored.remove(new Key(one.number(), other.number(), link.source()));
      if (known == null) {
        if (!isPruned(one.number()) && !isPruned(other.number())) {
          flaws.add(GraphFlaw.ofLink(Kind.LINK_MISSING, one.number(), other.number()));
          tx.update(INSERT, one.number(), other.number(), link.source(), times.fact(), times.first(), times.last(),
              false, false);
          joined.add(new Pair(one, other));
        }
      } else if (!agrees(known, times, isAllThere) && !isPruned(one.number()) && !isPruned(other.number())) {
        flaws.add(GraphFlaw.ofLink(Kind.LINK_TIMES_WRONG, one.number(), other.number()));
        tx.update(TIMES, times.fact(),
            isAllThere ? times.first() : Collections.min(List.of(times.first(), known.first())),
            isAllThere ? times.last() : Collections.max(List.of(times.last(), known.last())), one.number(),
            other.number(), link.source());
        disturbed.add(one.number());
        disturbed.add(other.number());
      }
    });
    for (Key unfounded : stored.keySet()) {
      if (!isAllThere || isJunkNow(unfounded)) {
        continue;
      }
      flaws.add(GraphFlaw.ofLink(Kind.LINK_UNFOUNDED, unfounded.one(), unfounded.other()));
      tx.update(DELETE, unfounded.one(), unfounded.other(), unfounded.source());
      disturbed.add(unfounded.one());
      disturbed.add(unfounded.other());
    }
    settle(fresh.values(), joined, disturbed);
    return flaws;
  }

  /// The identities that facts hang on. One that is lost comes back under its number: it is the usable identity of
  /// highest priority that the fact names.
  private Map<Long, Node> anchors(SaidLinks said, Map<Identity, Node> nodes, Map<Identity, Node> fresh,
      List<GraphFlaw> flaws) {
    Map<Long, Node> anchors = new HashMap<>(tables.nodesByNumber(said.anchors()));
    for (long anchor : said.anchors()) {
      if (!anchors.containsKey(anchor)) {
        flaws.add(GraphFlaw.ofIdentity(Kind.IDENTITY_MISSING, anchor));
        said.firstSeenWith(anchor).stream().filter(identity -> !nodes.containsKey(identity))
            .max(Comparator.comparing((Identity identity) -> namespaces.of(identity).priority()))
            .ifPresent(identity -> {
              Instant first = said.links().entrySet().stream().filter(link -> link.getKey().anchor() == anchor)
                  .map(link -> link.getValue().first()).min(Comparator.naturalOrder()).orElseThrow();
              anchors.put(anchor, fresh(anchor, identity, first, nodes, fresh));
            });
      }
    }
    return anchors;
  }

  private static Node fresh(long number, Identity identity, Instant first, Map<Identity, Node> nodes,
      Map<Identity, Node> fresh) {
    var node = new Node(number, identity, Node.UNSETTLED, first);
    nodes.put(identity, node);
    fresh.put(identity, node);
    return node;
  }

  private Map<Key, Stored> stored(long from, long to) {
    var stored = new LinkedHashMap<Key, Stored>();
    tx.each("""
        SELECT one, other, source, first_seen, last_seen FROM identity_link
        WHERE one >= ? AND one <= ? AND fact <> '' ORDER BY one, other, source""",
        row -> stored.put(new Key(row.number(1), row.number(2), row.text(3)),
            new Stored(row.instant(4), row.instant(5))),
        from, to);
    return stored;
  }

  /// Sightings closer together than the grain leave no trace but the first.
  private boolean agrees(Stored stored, SaidLinks.Said said, boolean isAllThere) {
    boolean covers = !stored.first().isAfter(said.first().plus(grain))
        && !stored.last().isBefore(said.last().minus(grain));
    return covers
        && (!isAllThere || !stored.first().isBefore(said.first()) && !stored.last().isAfter(said.last()));
  }

  /// Of an identity that changed hands very often only the newest cut links are kept, and one with too many links gets
  /// no more.
  private boolean isPruned(long number) {
    return new Crowding(tx).hasLeftOut(number) || tx.first("""
        SELECT count(*) FROM (SELECT 1 FROM identity_link WHERE cut AND one = ?
          UNION ALL SELECT 1 FROM identity_link WHERE cut AND other = ?) AS links""", row -> row.number(1), number,
        number).orElse(0L) >= Settlement.CUT_LINKS_MAX;
  }

  /// What was no junk when it was said, and is now, may stay: it holds nobody together.
  private boolean isJunkNow(Key link) {
    return tables.nodesByNumber(List.of(link.one(), link.other())).values().stream()
        .anyMatch(node -> namespaces.isJunk(node.identity()));
  }

  /// Links that rows of a source table say.
  ///
  /// @param records identities of rows, the row's key first
  public List<GraphFlaw> rows(String source, Collection<List<Identity>> records, Instant at) {
    var keys = records.stream().filter(record -> !record.isEmpty()).map(List::getFirst).toList();
    Map<Key, Boolean> before = linksOfRows(source, keys);
    var flaws = new ArrayList<GraphFlaw>();
    var known = tables.nodes(records.stream().flatMap(List::stream).distinct().toList()).keySet();
    new Registration(tx, namespaces, mint, memory).register(source, records, at);
    tables
        .nodes(records.stream().flatMap(List::stream).distinct().filter(identity -> !known.contains(identity)).toList())
        .values().forEach(node -> flaws.add(GraphFlaw.ofIdentity(Kind.IDENTITY_MISSING, node.number())));
    Map<Key, Boolean> after = linksOfRows(source, keys);
    after.forEach((link, isSaid) -> {
      boolean wasSaid = before.getOrDefault(link, false);
      if (isSaid && !wasSaid) {
        flaws.add(GraphFlaw.ofLink(Kind.LINK_MISSING, link.one(), link.other()));
      } else if (!isSaid && wasSaid) {
        flaws.add(GraphFlaw.ofLink(Kind.LINK_UNFOUNDED, link.one(), link.other()));
      }
    });
    return flaws;
  }

  private Map<Key, Boolean> linksOfRows(String source, Collection<Identity> keys) {
    var links = new LinkedHashMap<Key, Boolean>();
    tables.linksFrom(source, tables.nodes(keys).values().stream().map(Node::number).toList())
        .forEach(link -> links.put(new Key(link.one(), link.other(), source), !link.withdrawn()));
    return links;
  }

  /// Numbers of the identities from which a source table's links start that hold.
  ///
  /// @param origins of matches: those are no links of rows
  public Map<String, List<Long>> startsOfRowLinks(Set<String> origins) {
    var starts = new LinkedHashMap<String, List<Long>>();
    tx.each("""
        SELECT DISTINCT source, one FROM identity_link
        WHERE fact = '' AND source <> ? AND NOT withdrawn ORDER BY source, one""",
        row -> starts.computeIfAbsent(row.text(1), _ -> new ArrayList<>()).add(row.number(2)),
        IdentityGraph.PEOPLE);
    starts.keySet().removeAll(origins);
    return starts;
  }

  /// Takes back links of rows that are no more.
  public List<GraphFlaw> withdraw(String source, Collection<Identity> keys) {
    var flaws = tables.linksFrom(source, tables.nodes(keys).values().stream().map(Node::number).toList()).stream()
        .filter(link -> !link.withdrawn())
        .map(link -> GraphFlaw.ofLink(Kind.LINK_UNFOUNDED, link.one(), link.other())).toList();
    new Registration(tx, namespaces, mint, memory).withdraw(source, keys);
    return flaws;
  }

  /// Links of match rules; only compared, see [IdentityGraph#replaceMatches].
  public List<GraphFlaw> matches(String origin, Iterator<MatchLink> matches) {
    var stored = new HashSet<PairSet.Key>();
    tx.each("SELECT one, other FROM identity_link WHERE source = ?",
        row -> stored.add(new PairSet.Key(row.number(1), row.number(2))), origin);
    var flaws = new ArrayList<GraphFlaw>();
    var said = new HashSet<PairSet.Key>();
    while (matches.hasNext()) {
      var slice = new ArrayList<MatchLink>(SLICE);
      while (matches.hasNext() && slice.size() < SLICE) {
        slice.add(matches.next());
      }
      Map<Identity, Node> nodes = new HashMap<>(tables.nodes(slice.stream()
          .flatMap(match -> List.of(match.one(), match.other()).stream()).distinct().toList()));
      for (MatchLink match : slice) {
        if (match.one().equals(match.other()) || namespaces.isJunk(match.one()) || namespaces.isJunk(match.other())) {
          continue;
        }
        Optional<PairSet.Key> pair = pair(nodes.get(match.one()), nodes.get(match.other()));
        if (pair.isEmpty()) {
          flaws.add(new GraphFlaw(Kind.IDENTITY_MISSING, "a record of a match", Set.of()));
        } else if (said.add(pair.get()) && !stored.remove(pair.get())) {
          flaws.add(GraphFlaw.ofLink(Kind.LINK_MISSING, pair.get().one(), pair.get().other()));
        }
      }
    }
    stored.forEach(pair -> flaws.add(GraphFlaw.ofLink(Kind.LINK_UNFOUNDED, pair.one(), pair.other())));
    return flaws;
  }

  private static Optional<PairSet.Key> pair(@Nullable Node one, @Nullable Node other) {
    return one == null || other == null ? Optional.empty()
        : Optional.of(new PairSet.Key(Math.min(one.number(), other.number()), Math.max(one.number(), other.number())));
  }

  /// Whether links and namespaces give just these customers.
  ///
  /// @param leftOut identities about which something else is wrong; customers around them are not looked at
  public List<GraphFlaw> customers(List<CustomerKey> customers, Set<Long> leftOut) {
    var flaws = new ArrayList<GraphFlaw>();
    for (var customer : customers) {
      Set<Long> members = tables.members(List.of(customer.number())).keySet();
      if (members.isEmpty()) {
        // One that another customer of this slice took in is no more, and that is no flaw.
        if (tx.update("DELETE FROM customer WHERE number = ?", customer.number()) == 1) {
          flaws.add(GraphFlaw.ofCustomer(Kind.CUSTOMER_EMPTY, customer.number(), Set.of()));
        }
      } else if (members.stream().noneMatch(leftOut::contains)) {
        divided(customer, members, leftOut).ifPresent(flaws::add);
        known(customer).ifPresent(flaws::add);
      }
    }
    return flaws;
  }

  private Optional<GraphFlaw> divided(CustomerKey customer, Set<Long> members, Set<Long> leftOut) {
    var seed = members.iterator().next();
    Region region = Region.around(tables, namespaces, List.of(seed));
    if (region.links().stream().anyMatch(link -> leftOut.contains(link.one()) || leftOut.contains(link.other()))) {
      return Optional.empty();
    }
    boolean isDivided = region.parts().size() == region.customers().size()
        && region.parts().stream().allMatch(part -> part.stream().map(Node::customer).distinct().count() == 1);
    boolean areCut = region.links().stream().allMatch(link -> region.cut().contains(link) == link.cut());
    if (isDivided && areCut) {
      return Optional.empty();
    }
    new Settlement(tx, namespaces, mint, memory).rebuild(List.of(seed));
    return Optional.of(GraphFlaw.ofCustomer(isDivided ? Kind.LINK_CUT_WRONG : Kind.CUSTOMER_DIVIDED_WRONG,
        customer.number(),
        region.parts().stream().flatMap(List::stream).map(Node::number).collect(Collectors.toSet())));
  }

  private Optional<GraphFlaw> known(CustomerKey customer) {
    Map<Long, Node> members = tables.members(List.of(customer.number()));
    boolean isKnown = isKnown(members.values());
    return tx.update("UPDATE customer SET known = ? WHERE number = ? AND known <> ?", isKnown, customer.number(),
        isKnown) == 0
            ? Optional.empty()
            : Optional.of(GraphFlaw.ofCustomer(Kind.CUSTOMER_KNOWN_WRONG, customer.number(), members.keySet()));
  }

  private boolean isKnown(Collection<Node> nodes) {
    return nodes.stream().anyMatch(node -> namespaces.of(node.identity()).type() == Namespace.Type.PERSON);
  }

  private void settle(Collection<Node> fresh, List<Pair> joined, Set<Long> disturbed) {
    if (!fresh.isEmpty() || !joined.isEmpty() || !disturbed.isEmpty()) {
      new Settlement(tx, namespaces, mint, memory).settle(fresh, joined, disturbed);
    }
  }
}
