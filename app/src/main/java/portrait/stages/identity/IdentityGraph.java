package portrait.stages.identity;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.stages.identity.GraphMemory.Ring;
import portrait.foundation.model.Problem;

/// Which identities are one customer, and why.
///
/// The customers are always a function of the links and of the namespaces in force, never of the order in which things
/// arrived: live events, source rows and match rules report links, and [Partition] says what follows from them.
public final class IdentityGraph {

  public static final Kind<Namespace> KIND = new NamespaceKind();

  /// The namespace whose values are CustomerIds.
  public static final String CUSTOMER = "customer";

  /// The source of links that people made.
  public static final String PEOPLE = "people";

  /// Sightings closer together than this leave no trace but the first, so that a busy visitor costs reads only.
  static final Duration GRAIN = Duration.ofHours(1);

  private final Supplier<List<Namespace>> definitions;
  private final Duration grain;
  private final Mint mint = new Mint();
  private final GraphMemory memory = new GraphMemory();
  private volatile Namespaces namespaces = new Namespaces(List.of());

  public static Migrations migrations() {
    return Migrations.beside(IdentityGraph.class);
  }

  public IdentityGraph(Definitions definitions) {
    this(() -> definitions.all(KIND), GRAIN);
  }

  IdentityGraph(Supplier<List<Namespace>> definitions, Duration grain) {
    this.definitions = definitions;
    this.grain = grain;
  }

  /// Finds or makes the customer whom the identities of one fact name, and records that they were seen together.
  ///
  /// A fact whose identities and links are known costs one SELECT an identity, and an UPDATE at most once an hour.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_event` when all identities are junk, or when one fact
  ///         carries more values of a namespace than one customer can hold
  public Resolution resolve(Transaction tx, Sighting sighting) {
    return new SightingResolver(tx, inForce(), grain, mint, memory).resolve(sighting);
  }

  /// Why [#resolve] would refuse these identities; empty when it would not.
  public Optional<Problem> objection(List<Identity> identities) {
    return SightingResolver.objection(inForce(), SightingResolver.usable(inForce(), identities));
  }

  /// The customer an identity names. Namespace `customer` takes a CustomerId, also one that was given up.
  public Optional<CustomerKey> find(Transaction tx, Identity identity) {
    if (identity.namespace().equals(CUSTOMER)) {
      return find(tx, CustomerId.of(identity.value()));
    }
    return tx.first("""
        SELECT c.number, c.id FROM identity i JOIN customer c ON c.number = i.customer
        WHERE i.namespace = ? AND i.value = ?""", row -> new CustomerKey(row.number(1), CustomerId.of(row.text(2))),
        identity.namespace(), identity.value());
  }

  /// The customer that has this id, or has taken it over in a merge.
  public Optional<CustomerKey> find(Transaction tx, CustomerId id) {
    return tx.first("SELECT number, id FROM customer WHERE id = ?",
        row -> new CustomerKey(row.number(1), CustomerId.of(row.text(2))), id)
        .or(() -> tx.first("""
            SELECT c.number, c.id FROM previous_customer_id p JOIN customer c ON c.number = p.customer
            WHERE p.id = ?""", row -> new CustomerKey(row.number(1), CustomerId.of(row.text(2))), id));
  }

  /// The customers that these identities belong to.
  public Set<CustomerKey> customersOf(Transaction tx, Collection<Long> identities) {
    if (identities.isEmpty()) {
      return Set.of();
    }
    return Set.copyOf(tx.query("""
        SELECT DISTINCT c.number, c.id FROM identity i JOIN customer c ON c.number = i.customer
        WHERE i.number IN (%s)""".formatted(String.join(", ", Collections.nCopies(identities.size(), "?"))),
        row -> new CustomerKey(row.number(1), CustomerId.of(row.text(2))), identities.toArray()));
  }

  /// The number of an identity, made together with a customer of its own when it was never seen.
  public long number(Transaction tx, Identity identity, Instant at) {
    return Objects.requireNonNull(numbers(tx, List.of(identity), at).get(identity));
  }

  /// The numbers of many identities; those never seen before are made, each with a customer of its own.
  public Map<Identity, Long> numbers(Transaction tx, Collection<Identity> identities, Instant at) {
    var numbers = new HashMap<Identity, Long>();
    new Registration(tx, inForce(), mint, memory).nodes(identities, at)
        .forEach((identity, node) -> numbers.put(identity, node.number()));
    return numbers;
  }

  /// Every identity of the customer; the one that stands for it first.
  public List<KnownIdentity> keyRing(Transaction tx, CustomerKey customer) {
    return ring(tx, customer).keys();
  }

  private Ring ring(Transaction tx, CustomerKey customer) {
    var remembered = memory.ring(tx, customer.number());
    Namespaces inForce = inForce();
    if (remembered != null && remembered.inForce() == inForce) {
      return remembered;
    }
    var keys = tx.query("""
        SELECT number, namespace, value, first_seen, last_seen FROM identity WHERE customer = ?
        ORDER BY number""",
        row -> new KnownIdentity(row.number(1), new Identity(row.text(2), row.text(3)), row.instant(4),
            row.instant(5)),
        customer.number()).stream().sorted(inForce.ringOrder(KnownIdentity::identity, KnownIdentity::firstSeen))
        .toList();
    boolean isKnown = tx.first("SELECT known FROM customer WHERE number = ?", row -> row.isTrue(1), customer.number())
        .orElse(false);
    var previousIds = tx.query("SELECT id FROM previous_customer_id WHERE customer = ? ORDER BY created_at, id",
        row -> CustomerId.of(row.text(1)), customer.number());
    var ring = new Ring(keys, isKnown, previousIds, inForce);
    memory.put(tx, customer.number(), ring);
    return ring;
  }

  /// Ids of customers that were merged into this one, the oldest customer first.
  public List<CustomerId> previousIds(Transaction tx, CustomerKey customer) {
    return ring(tx, customer).previousIds();
  }

  /// Why the identities of this customer are together, and which links were cut: the newest first.
  public List<Link> links(Transaction tx, CustomerKey customer) {
    return tx.query("""
        SELECT a.namespace, a.value, b.namespace, b.value, l.source, l.fact, l.rule, l.score, l.first_seen,
          l.last_seen, l.cut
        FROM (SELECT * FROM identity_link WHERE one IN (SELECT number FROM identity WHERE customer = ?)
          UNION SELECT * FROM identity_link WHERE other IN (SELECT number FROM identity WHERE customer = ?)) l
        JOIN identity a ON a.number = l.one JOIN identity b ON b.number = l.other
        ORDER BY l.last_seen DESC, l.one, l.other, l.source""",
        row -> new Link(new Identity(row.text(1), row.text(2)), new Identity(row.text(3), row.text(4)), row.text(5),
            row.text(6), row.text(7), row.decimal(8), row.instant(9), row.instant(10), row.isTrue(11)),
        customer.number(), customer.number());
  }

  /// What was not linked to identities of this customer because they have too many links, the most first.
  public List<LeftOut> leftOut(Transaction tx, CustomerKey customer) {
    return new Crowding(tx).of(customer);
  }

  /// How many facts named an identity that was not linked because of too many links.
  public long leftOut(Transaction tx) {
    return new Crowding(tx).total();
  }

  /// Whether the customer holds an identity of a person namespace.
  public boolean isKnown(Transaction tx, CustomerKey customer) {
    return ring(tx, customer).isKnown();
  }

  /// Records which identities each row of a source table holds now. Saying the same again changes nothing, whatever
  /// `at` is. What a row said before and says no more is withdrawn; rows that are not mentioned stay as they are.
  ///
  /// @param records one a row: the row's key first, then the others
  /// @param at when the rows became known; the moment of links that are new
  /// @param progress told how many more records are done
  public Changes register(Database database, String source, Iterator<List<Identity>> records, Instant at,
      LongConsumer progress) {
    return batch(database).register(source, records, at, progress);
  }

  /// Takes back what rows of a source table said: they are no longer in it.
  public Changes withdraw(Database database, String source, Iterator<Identity> keys, LongConsumer progress) {
    return batch(database).withdraw(source, keys, progress);
  }

  /// Records what match rules say now. Matches of this origin that are not among them are taken back, which may split
  /// customers.
  ///
  /// @param origin names the set of rules, for example the unification
  /// @param progress told how many more matches are done
  public Changes replaceMatches(Database database, String origin, Iterator<MatchLink> links, LongConsumer progress) {
    return batch(database).replaceMatches(origin, links, progress);
  }

  /// The matches of these origins that an identity is in.
  public List<KnownMatch> matches(Transaction tx, long number, String origin, String otherOrigin) {
    return tx.query("""
        SELECT l.source, l.rule, i.namespace, i.value, i.number
        FROM (SELECT source, rule, other AS partner FROM identity_link WHERE one = ? AND source IN (?, ?)
          UNION ALL SELECT source, rule, one FROM identity_link WHERE other = ? AND source IN (?, ?)) AS l
        JOIN identity AS i ON i.number = l.partner ORDER BY i.number, l.source""",
        row -> new KnownMatch(row.text(1), row.text(2), new Identity(row.text(3), row.text(4)), row.number(5)), number,
        origin, otherOrigin, number, origin, otherOrigin);
  }

  /// Every match of an origin that was first made before a moment, by the numbers of its two identities.
  public List<NumberedMatch> matches(Transaction tx, String origin, Instant before) {
    return tx.query("""
        SELECT one, other, rule, score, first_seen FROM identity_link WHERE source = ? AND first_seen < ?
        ORDER BY one, other""",
        row -> new NumberedMatch(row.number(1), row.number(2), row.text(3), row.decimal(4), row.instant(5)), origin,
        before);
  }

  /// Records matches and takes others back, within one transaction.
  public Regrouped rematch(Transaction tx, String origin, List<NumberedMatch> said, List<NumberedMatch> unsaid) {
    var regrouped = Regrouped.NOBODY;
    if (!unsaid.isEmpty()) {
      regrouped = new Registration(tx, inForce(), mint, memory).unmatch(origin,
          unsaid.stream().map(match -> PairSet.Key.of(match.one(), match.other())).toList()).regrouped();
    }
    return said.isEmpty() ? regrouped
        : regrouped.then(new Registration(tx, inForce(), mint, memory).match(origin, said).regrouped());
  }

  /// Counts matches of one origin among those of another from now on; nothing else about them changes.
  public void adopt(Transaction tx, String from, String to, List<NumberedMatch> matches) {
    memory.everythingChanges(tx);
    tx.batch("""
        UPDATE identity_link SET source = ? WHERE one = ? AND other = ? AND source = ? AND NOT EXISTS (
          SELECT 1 FROM identity_link AS there
          WHERE there.one = identity_link.one AND there.other = identity_link.other AND there.source = ?)""",
        matches.stream().map(match -> new @Nullable Object[]{to, match.one(), match.other(), from, to}).toList());
  }

  /// Records which identities a few rows of a source table hold now, within one transaction.
  ///
  /// @param records one a row: the row's key first, then the others
  public Regrouped register(Transaction tx, String source, List<List<Identity>> records, Instant at) {
    memory.everythingChanges(tx);
    return new Registration(tx, inForce(), mint, memory).register(source, records, at.truncatedTo(ChronoUnit.MICROS))
        .regrouped();
  }

  /// The number of an identity that is known.
  public Optional<Long> numberOf(Transaction tx, Identity identity) {
    return tx.first("SELECT number FROM identity WHERE namespace = ? AND value = ?", row -> row.number(1),
        identity.namespace(), identity.value());
  }

  /// The identities with these numbers.
  public Map<Long, Identity> identities(Transaction tx, Collection<Long> numbers) {
    var found = new HashMap<Long, Identity>();
    new GraphTables(tx).nodesByNumber(numbers).forEach((number, node) -> found.put(number, node.identity()));
    return found;
  }

  /// Applies the namespaces in force to everything that is known already. Needed after a Namespace definition changed;
  /// without a change it does nothing.
  ///
  /// @param progress told how many more customers are done
  public Changes rebuild(Database database, LongConsumer progress) {
    return rebuild(database, _ -> {}, progress);
  }

  /// @param expected told how many customers there are to look at
  public Changes rebuild(Database database, LongConsumer expected, LongConsumer progress) {
    return new Rebuild(database, inForce(), mint, memory).run(expected, progress);
  }

  /// Whether every customer is decided under the namespaces in force; if not, [#rebuild] is due.
  public boolean isSettled(Transaction tx) {
    return tx.first("SELECT namespaces FROM identity_settled", row -> row.text(1)).orElse("").equals(inForce().text());
  }

  /// Notes that every customer is decided under the namespaces in force. Call it when what a [#rebuild] touched was
  /// evaluated again.
  public void settled(Transaction tx) {
    tx.update("DELETE FROM identity_settled");
    tx.update("INSERT INTO identity_settled (name, namespaces) VALUES ('namespaces', ?)", inForce().text());
  }

  /// What [#rebuild] would do if these namespaces were in force. Nothing is changed.
  ///
  /// @param samplesMax how many merges, and how many splits, are told in full
  public Simulation simulate(Database database, List<Namespace> proposed, int samplesMax) {
    return new Rehearsal(database, new Namespaces(proposed), samplesMax).run();
  }

  /// The namespaces in use: those defined, and every other that an identity is in. The highest priority first.
  public List<Namespace> namespaces(Transaction tx) {
    Namespaces inForce = inForce();
    var names = new TreeSet<>(tx.query("SELECT DISTINCT namespace FROM identity", row -> row.text(1)));
    inForce.definitions().forEach(namespace -> names.add(namespace.name()));
    return names.stream().map(inForce::of).sorted(Comparator.comparing(Namespace::priority).reversed()
        .thenComparing(Namespace::name)).toList();
  }

  /// Keeps two identities apart because a person says that they are two customers. Links that join them, directly or
  /// through others, are cut, the oldest first, and stay cut whatever comes later.
  ///
  /// @throws portrait.foundation.model.ProblemException `unknown_profile` when one of them is not known
  public Changes separate(Transaction tx, Identity one, Identity other, String by, Instant at, String reason) {
    List<Node> nodes = both(tx, one, other);
    var changes = new ChangeCount();
    if (new Separations(tx).add(nodes.getFirst(), nodes.getLast(), by, at, reason)) {
      unjoin(tx, nodes).addTo(changes);
      decide(tx, nodes).addTo(changes);
    }
    return changes.changes();
  }

  /// Holds two identities for one customer because a person says so, whatever rules say now or later. It takes back a
  /// [#separate] between the two: the last word counts.
  ///
  /// @param by who says so; told where the link is shown
  /// @throws portrait.foundation.model.ProblemException `unknown_profile` when one of them is not known
  public Changes join(Transaction tx, Identity one, Identity other, String by, Instant at) {
    List<Node> nodes = both(tx, one, other);
    var changes = new ChangeCount();
    if (new Separations(tx).remove(nodes.getFirst(), nodes.getLast())) {
      decide(tx, nodes).addTo(changes);
    }
    new Registration(tx, inForce(), mint, memory)
        .match(PEOPLE, List.of(new MatchLink(one, other, by, 1, at)), new PairSet())
        .addTo(changes);
    return changes.changes();
  }

  /// Takes back what [#join] did: the other links decide again.
  public Changes unjoin(Transaction tx, Identity one, Identity other) {
    List<Node> nodes = both(tx, one, other);
    var changes = new ChangeCount();
    unjoin(tx, nodes).addTo(changes);
    return changes.changes();
  }

  private Outcome unjoin(Transaction tx, List<Node> nodes) {
    long one = nodes.getFirst().number();
    long second = nodes.getLast().number();
    return new Registration(tx, inForce(), mint, memory).unmatch(PEOPLE,
        List.of(new PairSet.Key(Math.min(one, second), Math.max(one, second))));
  }

  /// Takes back what [#separate] did: the links decide again.
  public Changes rejoin(Transaction tx, Identity one, Identity other) {
    List<Node> nodes = both(tx, one, other);
    var changes = new ChangeCount();
    if (new Separations(tx).remove(nodes.getFirst(), nodes.getLast())) {
      decide(tx, nodes).addTo(changes);
    }
    return changes.changes();
  }

  private Outcome decide(Transaction tx, List<Node> nodes) {
    return new Settlement(tx, inForce(), mint, memory).rebuild(nodes.stream().map(Node::number).toList());
  }

  private static List<Node> both(Transaction tx, Identity one, Identity other) {
    if (one.equals(other)) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "one and other are the same identity but must be two")
          .asException();
    }
    Map<Identity, Node> found = new GraphTables(tx).nodes(List.of(one, other));
    return List.of(one, other).stream().map(identity -> Optional.ofNullable(found.get(identity)).orElseThrow(
        () -> Problem.of(Problem.Code.UNKNOWN_PROFILE,
            "no customer has this identity in the namespace %s".formatted(identity.namespace()),
            "Check the spelling: values are compared exactly.").asException()))
        .toList();
  }

  /// What people keep apart, the newest first.
  public List<Separation> separations(Transaction tx, int limit) {
    return new Separations(tx).newest(limit);
  }

  /// What people keep apart from this customer, or within what was it.
  public List<Separation> separations(Transaction tx, CustomerKey customer) {
    return new Separations(tx).of(customer);
  }

  /// Unknown customers of whom nothing was seen since a moment, in the order of their numbers. Those with a row in a
  /// source table are never among them: the row is the source's to delete.
  ///
  /// @param namespaces only customers all of whose identities are in these; any when empty
  /// @param after only customers of a higher number: the last of the page before, or 0
  public List<CustomerKey> idle(Transaction tx, Set<String> namespaces, Instant since, long after, int limit) {
    var parameters = new ArrayList<Object>(List.of(after, false, since.minus(grain)));
    String others = "";
    if (!namespaces.isEmpty()) {
      others = " OR namespace NOT IN (%s)".formatted(String.join(", ", Collections.nCopies(namespaces.size(), "?")));
      parameters.addAll(new TreeSet<>(namespaces));
    }
    parameters.add(limit);
    return tx.query("""
        SELECT c.number, c.id FROM customer c WHERE c.number > ? AND c.known = ? AND NOT EXISTS (
          SELECT 1 FROM identity WHERE customer = c.number AND (last_seen >= ? OR namespace LIKE '%%.%%'%s))
        ORDER BY c.number LIMIT ?""".formatted(others),
        row -> new CustomerKey(row.number(1), CustomerId.of(row.text(2))), parameters.toArray());
  }

  /// Deletes the customer: every identity, every link, every former id. Whoever shows one of the identities later is
  /// somebody new.
  ///
  public Forgotten forget(Transaction tx, CustomerKey customer) {
    memory.everythingChanges(tx);
    var tables = new GraphTables(tx);
    tables.lock(List.of(customer.number()));
    var members = tables.members(List.of(customer.number()));
    List<Long> ring = List.copyOf(members.keySet());
    var neighbours = new HashSet<Long>();
    tables.linksOf(ring).forEach(link -> neighbours.addAll(List.of(link.one(), link.other())));
    neighbours.removeAll(ring);
    // The customer may have claimed what a row had before; now it is the row's again.
    Set<Long> released = tables.withdrawnValues(neighbours);
    for (String sql : List.of("DELETE FROM identity_link WHERE one = ?", "DELETE FROM identity_link WHERE other = ?",
        "DELETE FROM identity_separation WHERE one = ?", "DELETE FROM identity_separation WHERE other = ?",
        "DELETE FROM identity_crowd WHERE identity = ?", "DELETE FROM identity WHERE number = ?")) {
      tx.batch(sql, ring.stream().map(number -> new @Nullable Object[]{number}).toList());
    }
    tx.batch("DELETE FROM identity_crowd WHERE namespace = ? AND value = ?", members.values().stream()
        .map(node -> new @Nullable Object[]{node.identity().namespace(), node.identity().value()}).toList());
    tx.update("DELETE FROM previous_customer_id WHERE customer = ?", customer.number());
    tx.update("DELETE FROM customer WHERE number = ?", customer.number());
    var changes = new ChangeCount();
    if (!released.isEmpty()) {
      new Settlement(tx, inForce(), mint, memory).rebuild(released).addTo(changes);
    }
    return new Forgotten(ring, members.values().stream().map(Node::identity).collect(Collectors.toSet()), neighbours,
        changes.changes().touched());
  }

  /// Hands every identity and its customer to `use`, in the order of their numbers, without keeping them.
  public void forEachAssignment(Transaction tx, Consumer<Assignment> use) {
    int page = 10_000;
    long after = 0;
    while (true) {
      List<Assignment> assignments = tx.query("""
          SELECT i.number, i.namespace, i.value, c.number, c.id, c.known, i.first_seen, i.last_seen
          FROM identity i JOIN customer c ON c.number = i.customer WHERE i.number > ? ORDER BY i.number LIMIT ?""",
          IdentityGraph::assignment, after, page);
      assignments.forEach(use);
      if (assignments.size() < page) {
        return;
      }
      after = assignments.getLast().number();
    }
  }

  /// These identities and their customers; those that are no more are left out.
  public List<Assignment> assignments(Transaction tx, List<Long> numbers) {
    var found = new ArrayList<Assignment>();
    for (long number : numbers) {
      tx.first("""
          SELECT i.number, i.namespace, i.value, c.number, c.id, c.known, i.first_seen, i.last_seen
          FROM identity i JOIN customer c ON c.number = i.customer WHERE i.number = ?""",
          IdentityGraph::assignment, number).ifPresent(found::add);
    }
    return found;
  }

  private static Assignment assignment(ResultRow row) {
    return new Assignment(row.number(1), new Identity(row.text(2), row.text(3)),
        new CustomerKey(row.number(4), CustomerId.of(row.text(5))), row.isTrue(6), row.instant(7), row.instant(8));
  }

  /// Every id that was given up, with the customer it leads to now.
  public void forEachPreviousId(Transaction tx, BiConsumer<CustomerId, CustomerKey> use) {
    tx.each("""
        SELECT p.id, c.number, c.id FROM previous_customer_id p JOIN customer c ON c.number = p.customer
        ORDER BY p.created_at, p.id""", row -> use.accept(CustomerId.of(row.text(1)),
        new CustomerKey(row.number(2), CustomerId.of(row.text(3)))));
  }

  /// Counts everything; takes a moment on a large graph.
  public Counts counts(Transaction tx) {
    var customers = new HashMap<Boolean, Long>();
    tx.each("SELECT known, count(*) FROM customer GROUP BY known",
        row -> customers.put(row.isTrue(1), row.number(2)));
    var identities = new TreeMap<String, Long>();
    tx.each("SELECT namespace, count(*) FROM identity GROUP BY namespace",
        row -> identities.put(row.text(1), row.number(2)));
    long links = tx.first("SELECT count(*) FROM identity_link", row -> row.number(1)).orElseThrow();
    long cut = tx.first("SELECT count(*) FROM identity_link WHERE cut", row -> row.number(1)).orElseThrow();
    return new Counts(customers.getOrDefault(true, 0L), customers.getOrDefault(false, 0L), identities, links - cut,
        cut);
  }

  /// Compares the graph with what facts say, within this transaction.
  public GraphAudit audit(Transaction tx) {
    memory.everythingChanges(tx);
    return new GraphAudit(tx, inForce(), grain, mint, memory);
  }

  private BatchRegistration batch(Database database) {
    return new BatchRegistration(database, inForce(), mint, memory);
  }

  /// Definitions answer with the same list until they change, so that this is two volatile reads on the hot path.
  private Namespaces inForce() {
    List<Namespace> defined = definitions.get();
    Namespaces known = namespaces;
    if (known.definitions() != defined) {
      known = new Namespaces(defined);
      namespaces = known;
    }
    return known;
  }
}
