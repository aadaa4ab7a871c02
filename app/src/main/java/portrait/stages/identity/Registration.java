package portrait.stages.identity;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Identity;

/// One slice of a batch, within one transaction: many statements about links in few statements of SQL.
final class Registration {

  private static final String INSERT = """
      INSERT INTO identity_link (one, other, source, fact, rule, score, first_seen, last_seen, cut, withdrawn)
      VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?)""";
  private static final String REVIVE = """
      UPDATE identity_link SET withdrawn = ?, last_seen = ? WHERE one = ? AND other = ? AND source = ?""";
  private static final String WITHDRAW = """
      UPDATE identity_link SET withdrawn = ? WHERE one = ? AND other = ? AND source = ?""";
  private static final String DELETE = "DELETE FROM identity_link WHERE one = ? AND other = ? AND source = ?";

  private final Transaction tx;
  private final Namespaces namespaces;
  private final Mint mint;
  private final GraphMemory memory;
  private final GraphTables tables;
  private final List<Node> fresh = new ArrayList<>();
  private final List<Pair> joined = new ArrayList<>();
  private final Set<Long> disturbed = new HashSet<>();

  Registration(Transaction tx, Namespaces namespaces, Mint mint, GraphMemory memory) {
    this.tx = tx;
    this.namespaces = namespaces;
    this.mint = mint;
    this.memory = memory;
    this.tables = new GraphTables(tx);
  }

  /// All of the identities; those never seen before are made, each with a customer of its own.
  Map<Identity, Node> nodes(Collection<Identity> identities, Instant at) {
    Map<Identity, Node> nodes = knownOrFresh(new LinkedHashSet<>(identities), _ -> at.truncatedTo(ChronoUnit.MICROS));
    settle();
    return nodes;
  }

  /// @param records identities of source rows, the row's key first
  Outcome register(String source, Collection<List<Identity>> records, Instant at) {
    var rows = new LinkedHashMap<Identity, Set<Identity>>();
    for (List<Identity> record : records) {
      List<Identity> usable = usable(record);
      if (!usable.isEmpty()) {
        rows.computeIfAbsent(usable.getFirst(), _ -> new LinkedHashSet<>()).addAll(usable.subList(1, usable.size()));
      }
    }
    var identities = new LinkedHashSet<Identity>(rows.keySet());
    rows.values().forEach(identities::addAll);
    Map<Identity, Node> nodes = knownOrFresh(identities, _ -> at);
    Map<Long, Map<Long, LinkRow>> before = before(source, nodes, rows.keySet());
    var inserts = new ArrayList<@Nullable Object[]>();
    var revivals = new ArrayList<@Nullable Object[]>();
    var withdrawals = new ArrayList<LinkRow>();
    rows.forEach((key, others) -> {
      Node one = get(nodes, key);
      Map<Long, LinkRow> unsaid = before.getOrDefault(one.number(), new HashMap<>());
      for (Identity identity : others) {
        Node other = get(nodes, identity);
        LinkRow link = unsaid.remove(other.number());
        if (link == null) {
          inserts.add(new @Nullable Object[]{one.number(), other.number(), source, "", 1.0, at, at, false, false});
          joined.add(new Pair(one, other));
        } else if (link.withdrawn()) {
          revivals.add(new @Nullable Object[]{false, at, one.number(), other.number(), source});
          joined.add(new Pair(one, other));
          disturbed.add(other.number());
        }
      }
      withdrawals.addAll(unsaid.values());
    });
    tx.batch(INSERT, inserts);
    tx.batch(REVIVE, revivals);
    withdraw(withdrawals);
    return settle();
  }

  /// @param keys of source rows that are no more
  Outcome withdraw(String source, Collection<Identity> keys) {
    Map<Identity, Node> nodes = tables.nodes(keys);
    withdraw(tables.linksFrom(source, nodes.values().stream().map(Node::number).toList()));
    return settle();
  }

  /// @param said receives the matched pairs as they are stored
  Outcome match(String origin, Collection<MatchLink> matches, PairSet said) {
    var identities = new LinkedHashSet<Identity>();
    var usable = matches.stream().filter(match -> !match.one().equals(match.other()) && !namespaces.isJunk(match.one())
        && !namespaces.isJunk(match.other())).toList();
    var firstMade = new HashMap<Identity, Instant>();
    for (MatchLink match : usable) {
      for (Identity identity : List.of(match.one(), match.other())) {
        identities.add(identity);
        firstMade.merge(identity, match.at().truncatedTo(ChronoUnit.MICROS),
            (one, other) -> one.isBefore(other) ? one : other);
      }
    }
    Map<Identity, Node> nodes = knownOrFresh(identities, identity -> get(firstMade, identity));
    Set<PairSet.Key> known = new HashSet<>();
    tables.linksFrom(origin, nodes.values().stream().map(Node::number).toList())
        .forEach(link -> known.add(new PairSet.Key(link.one(), link.other())));
    var inserts = new ArrayList<@Nullable Object[]>();
    for (MatchLink match : usable) {
      Node a = get(nodes, match.one());
      Node b = get(nodes, match.other());
      Node one = a.number() < b.number() ? a : b;
      Node other = one == a ? b : a;
      var key = new PairSet.Key(one.number(), other.number());
      said.add(key);
      if (known.add(key)) {
        Instant at = match.at().truncatedTo(ChronoUnit.MICROS);
        inserts.add(new @Nullable Object[]{one.number(), other.number(), origin, match.rule(), match.score(), at, at,
            false, false});
        joined.add(new Pair(one, other));
      }
    }
    tx.batch(INSERT, inserts);
    return settle();
  }

  /// Matches of identities that are known; those that are not, and junk, match nothing.
  Outcome match(String origin, List<NumberedMatch> matches) {
    Map<Long, Node> nodes = tables.nodesByNumber(matches.stream().flatMap(match -> Stream.of(match.one(),
        match.other())).toList());
    var known = new HashSet<PairSet.Key>();
    tables.linksFrom(origin, nodes.keySet()).forEach(link -> known.add(new PairSet.Key(link.one(), link.other())));
    var inserts = new ArrayList<@Nullable Object[]>();
    for (NumberedMatch match : matches) {
      Node one = nodes.get(Math.min(match.one(), match.other()));
      Node other = nodes.get(Math.max(match.one(), match.other()));
      if (one == null || other == null || namespaces.isJunk(one.identity()) || namespaces.isJunk(other.identity())
          || !known.add(new PairSet.Key(one.number(), other.number()))) {
        continue;
      }
      Instant at = match.at().truncatedTo(ChronoUnit.MICROS);
      inserts.add(new @Nullable Object[]{one.number(), other.number(), origin, match.rule(), match.score(), at, at,
          false, false});
      joined.add(new Pair(one, other));
    }
    tx.batch(INSERT, inserts);
    return settle();
  }

  /// Takes matches back for good.
  Outcome unmatch(String origin, Collection<PairSet.Key> pairs) {
    tx.batch(DELETE,
        pairs.stream().map(pair -> new @Nullable Object[]{pair.one(), pair.other(), origin}).toList());
    pairs.forEach(pair -> {
      memory.linkChanges(tx, new GraphMemory.LinkKey(pair.one(), pair.other(), origin));
      disturbed.add(pair.one());
      disturbed.add(pair.other());
    });
    return settle();
  }

  private Outcome settle() {
    return new Settlement(tx, namespaces, mint, memory).settle(fresh, joined, disturbed);
  }

  /// Without junk and repeats. A row that carries more values of a namespace than one customer can hold counts with
  /// the first ones only: refusing the row would lose it, and its key is right all the same.
  private List<Identity> usable(List<Identity> record) {
    if (record.isEmpty() || namespaces.isJunk(record.getFirst())) {
      return List.of();
    }
    var counts = new HashMap<String, Integer>();
    return record.stream().distinct().filter(identity -> !namespaces.isJunk(identity))
        .filter(identity -> counts.merge(identity.namespace(), 1, Integer::sum) <= namespaces.of(identity).limit())
        .toList();
  }

  private Map<Identity, Node> knownOrFresh(Collection<Identity> identities, Function<Identity, Instant> firstSeen) {
    Map<Identity, Node> nodes = tables.nodes(identities);
    for (Identity identity : identities) {
      if (!nodes.containsKey(identity)) {
        var node = new Node(mint.identityNumber(tx), identity, Node.UNSETTLED, firstSeen.apply(identity));
        nodes.put(identity, node);
        fresh.add(node);
      }
    }
    return nodes;
  }

  private Map<Long, Map<Long, LinkRow>> before(String source, Map<Identity, Node> nodes, Set<Identity> keys) {
    var known = keys.stream().map(key -> get(nodes, key)).filter(node -> node.customer() != Node.UNSETTLED)
        .map(Node::number).toList();
    var links = new HashMap<Long, Map<Long, LinkRow>>();
    tables.linksFrom(source, known)
        .forEach(link -> links.computeIfAbsent(link.one(), _ -> new LinkedHashMap<>()).put(link.other(), link));
    return links;
  }

  private void withdraw(List<LinkRow> links) {
    List<LinkRow> said = links.stream().filter(link -> !link.withdrawn()).toList();
    tx.batch(WITHDRAW, said.stream()
        .map(link -> new @Nullable Object[]{true, link.one(), link.other(), link.source()}).toList());
    said.forEach(link -> {
      disturbed.add(link.one());
      disturbed.add(link.other());
    });
  }

  private static <K, V> V get(Map<K, V> map, K key) {
    return Objects.requireNonNull(map.get(key));
  }
}
