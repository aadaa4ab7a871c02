package portrait.stages.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import portrait.foundation.database.Database;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.stages.events.Collected;
import portrait.stages.events.Event;
import portrait.stages.events.EventType;
import portrait.stages.events.Events;
import tools.jackson.databind.node.JsonNodeFactory;

/// An identity graph in an empty store, spoken to in short texts: `crm:jane` is value `jane` of namespace `crm`.
final class TestGraph implements AutoCloseable {

  static final Instant DAY = Instant.parse("2026-03-01T00:00:00Z");

  final Database database;
  List<Namespace> namespaces;
  final IdentityGraph graph;
  private final Events events = new Events();
  private int facts;

  TestGraph(DatabaseSettings settings, Namespace... namespaces) {
    this(settings, Duration.ofHours(1), namespaces);
  }

  TestGraph(DatabaseSettings settings, Duration grain, Namespace... namespaces) {
    this.database = Database.open(settings, List.of(Events.migrations(), IdentityGraph.migrations()));
    this.namespaces = List.of(namespaces);
    this.graph = new IdentityGraph(() -> this.namespaces, grain);
  }

  static Namespace person(String name, int priority, boolean unique) {
    return new Namespace(name, name, priority, Namespace.Type.PERSON, unique, 100, Set.of());
  }

  static Namespace cookie(String name, int priority) {
    return new Namespace(name, name, priority, Namespace.Type.COOKIE, false, 100, Set.of());
  }

  static Identity identity(String text) {
    int colon = text.indexOf(':');
    return new Identity(text.substring(0, colon), text.substring(colon + 1));
  }

  /// One event, that many hours into the day.
  Resolution see(int hour, String... identities) {
    return see(DAY.plus(Duration.ofHours(hour)), identities);
  }

  Resolution see(Instant at, String... identities) {
    var named = Arrays.stream(identities).map(TestGraph::identity).toList();
    var event = new Event("event-" + ++facts, EventType.TRACK, "Seen", at, at, "web", named,
        JsonNodeFactory.instance.objectNode());
    return database.write(tx -> {
      long position = events.reserve(tx, 1);
      var resolution = graph.resolve(tx, new Sighting(named, "web", event.id(), at));
      events.append(tx, position, resolution.anchor(), Collected.Accepted.of(event));
      return resolution;
    });
  }

  /// Rows of a source table, each `key other other`.
  Changes load(int hour, String source, String... rows) {
    return graph.register(database, source,
        Arrays.stream(rows).map(row -> Arrays.stream(row.split(" ")).map(TestGraph::identity).toList()).iterator(),
        DAY.plus(Duration.ofHours(hour)), _ -> {});
  }

  /// Match rules say that these pairs, each `one other`, are the same customer.
  Changes match(String... pairs) {
    return graph.replaceMatches(database, "unification", Arrays.stream(pairs).map(pair -> {
      String[] sides = pair.split(" ");
      return new MatchLink(identity(sides[0]), identity(sides[1]), "same e-mail", 1, DAY);
    }).iterator(), _ -> {});
  }

  CustomerId idOf(String identity) {
    return database.read(tx -> graph.find(tx, identity(identity))).orElseThrow().id();
  }

  CustomerKey keyOf(String identity) {
    return database.read(tx -> graph.find(tx, identity(identity))).orElseThrow();
  }

  List<Link> linksOf(String identity) {
    CustomerKey customer = keyOf(identity);
    return database.read(tx -> graph.links(tx, customer));
  }

  boolean isKnown(CustomerKey customer) {
    return database.read(tx -> graph.isKnown(tx, customer));
  }

  /// The customers: of each its identities in alphabetical order, joined by blanks.
  Set<String> customers() {
    var members = new HashMap<CustomerId, Set<String>>();
    database.read(tx -> {
      graph.forEachAssignment(tx, assignment -> members
          .computeIfAbsent(assignment.customer().id(), _ -> new TreeSet<>()).add(assignment.identity().toString()));
      return members;
    });
    return members.values().stream().map(values -> String.join(" ", values))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public void close() {
    database.close();
  }
}
