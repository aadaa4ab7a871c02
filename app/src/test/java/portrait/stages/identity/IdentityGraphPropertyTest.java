package portrait.stages.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.model.Identity;

/// Random graphs against the dumbest program that could be right.
class IdentityGraphPropertyTest {

  private static final Namespace[] NAMESPACES = {TestGraph.person("user", 100, true),
      TestGraph.person("email", 60, false),
      new Namespace("phone", "", 50, Namespace.Type.PERSON, false, 2, Set.of()),
      new Namespace("cookie", "", 10, Namespace.Type.COOKIE, false, 3, Set.of())};

  @TempDir
  Path folder;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void without_limits_the_customers_are_the_connected_components_whatever_the_order(long seed) throws IOException {
    var random = new Random(seed);
    List<String> rows = IntStream.range(0, 120)
        .mapToObj(i -> "t.a:%d email:e%d".formatted(i, random.nextInt(100))).toList();
    List<String> matches = IntStream.range(0, 40)
        .mapToObj(_ -> "t.a:%d t.a:%d".formatted(random.nextInt(120), random.nextInt(120))).toList();
    var expected = components(Arrays.asList(rows, matches).stream().flatMap(List::stream).toList());
    for (int turn = 0; turn < 2; turn++) {
      try (var graph = new TestGraph(sqlite())) {
        var shuffledRows = shuffled(rows, random);
        var shuffledMatches = shuffled(matches, random);
        if (turn == 0) {
          graph.load(0, "t.a", shuffledRows.toArray(String[]::new));
          graph.match(shuffledMatches.toArray(String[]::new));
        } else {
          graph.match(shuffledMatches.toArray(String[]::new));
          shuffledRows.forEach(row -> graph.load(0, "t.a", row));
        }
        assertEquals(expected, graph.customers(), "seed " + seed);
        assertEquals(new Changes(0, 0, 0, Set.of()), graph.match(shuffledMatches.toArray(String[]::new)));
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void events_in_any_order_give_the_same_customers_and_never_break_a_limit(long seed) throws IOException {
    var random = new Random(seed);
    List<Event> events = IntStream.range(0, 60).mapToObj(_ -> event(random)).toList();
    var outcomes = new HashSet<Set<String>>();
    for (int turn = 0; turn < 3; turn++) {
      try (var graph = new TestGraph(sqlite(), Duration.ZERO, NAMESPACES)) {
        for (Event event : shuffled(events, random)) {
          Resolution resolution = graph.see(event.at(), event.identities());
          assertEquals(graph.keyOf(event.identities()[0]), resolution.customer(), "seed " + seed);
        }
        assertWithinLimits(graph, seed);
        assertEquals(fromNothing(graph), graph.customers(), "seed " + seed);
        outcomes.add(graph.customers());
      }
    }
    assertEquals(1, outcomes.size(), "seed " + seed);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void repairs_of_a_region_equal_a_rebuild_from_nothing(long seed) throws IOException {
    var random = new Random(seed);
    try (var graph = new TestGraph(sqlite(), Duration.ZERO, NAMESPACES)) {
      wander(graph, random, 80, seed);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {21, 22})
  void repairs_equal_a_rebuild_on_postgres_too(long seed) {
    try (var graph = new TestGraph(TestDatabases.postgres(), Duration.ZERO, NAMESPACES)) {
      wander(graph, new Random(seed), 40, seed);
    }
  }

  private static void wander(TestGraph graph, Random random, int steps, long seed) {
    for (int step = 0; step < steps; step++) {
      var before = owners(graph);
      var changed = new HashSet<CustomerKey>();
      switch (random.nextInt(12)) {
        case 0 -> changed.addAll(graph.load(random.nextInt(30), "t.a", rows(random)).touched());
        case 1 -> changed.addAll(graph.match(IntStream.range(0, random.nextInt(6))
            .mapToObj(_ -> "t.a:%d %s".formatted(random.nextInt(6), value(random))).toArray(String[]::new)).touched());
        case 2 -> changed.addAll(graph.graph.withdraw(graph.database, "t.a",
            List.of(TestGraph.identity("t.a:" + random.nextInt(6))).iterator(), _ -> {}).touched());
        case 3 -> {
          graph.namespaces = IntStream.range(0, NAMESPACES.length)
              .mapToObj(i -> i == 1 ? TestGraph.person("email", 60, random.nextBoolean()) : NAMESPACES[i]).toList();
          var expected = graph.graph.simulate(graph.database, graph.namespaces, Integer.MAX_VALUE);
          var customers = graph.customers();
          var changes = graph.graph.rebuild(graph.database, _ -> {});
          changed.addAll(changes.touched());
          assertEquals(after(customers, expected), graph.customers(),
              "simulated: seed %d, step %d".formatted(seed, step));
          assertEquals(expected.merged() - expected.split(), changes.merged() - changes.split(),
              "simulated: seed %d, step %d".formatted(seed, step));
        }
        case 4 -> {
          List<Identity> two = some(graph, random, 2);
          changed.addAll(graph.database.write(tx -> two.size() == 2
              ? graph.graph.separate(tx, two.getFirst(), two.getLast(), "Eve", TestGraph.DAY, "")
              : new Changes(0, 0, 0, Set.of())).touched());
        }
        case 6 -> graph.database.read(tx -> graph.graph.separations(tx, 100)).stream().findFirst().ifPresent(
            pair -> changed
                .addAll(graph.database.write(tx -> graph.graph.rejoin(tx, pair.other(), pair.one())).touched()));
        case 5 -> {
          some(graph, random, 1).stream().map(identity -> graph.keyOf(identity.toString())).forEach(gone -> {
            changed.addAll(graph.database.write(tx -> graph.graph.forget(tx, gone)).touched());
            changed.add(gone);
          });
        }
        default -> {
          Event event = event(random);
          Resolution resolution = graph.see(event.at(), event.identities());
          changed.add(resolution.customer());
          changed.addAll(resolution.changed());
          changed.addAll(resolution.absorbed());
        }
      }
      assertEquals(fromNothing(graph), graph.customers(), "seed %d, step %d".formatted(seed, step));
      assertWithinLimits(graph, seed);
      assertReported(before, owners(graph), changed, "seed %d, step %d".formatted(seed, step));
    }
  }

  private static List<Identity> some(TestGraph graph, Random random, int count) {
    var all = new ArrayList<Identity>();
    graph.database.read(tx -> {
      graph.graph.forEachAssignment(tx, assignment -> all.add(assignment.identity()));
      return all;
    });
    Collections.shuffle(all, random);
    return all.subList(0, Math.min(count, all.size()));
  }

  /// The customers with the changes of a simulation made.
  private static Set<String> after(Set<String> customers, Simulation simulation) {
    var after = new TreeSet<>(customers);
    for (var sample : simulation.samples()) {
      sample.before().forEach(before -> after.remove(joined(before.identities())));
      sample.after().forEach(part -> after.add(joined(part)));
    }
    return after;
  }

  private static String joined(List<Identity> identities) {
    return identities.stream().map(Identity::toString).sorted().collect(Collectors.joining(" "));
  }

  private record Event(Instant at, String... identities) {}

  private static Event event(Random random) {
    var identities = new ArrayList<String>();
    if (random.nextInt(3) > 0) {
      identities.add("user:" + random.nextInt(5));
    }
    if (random.nextInt(3) == 0) {
      identities.add("email:" + random.nextInt(5));
    }
    if (random.nextInt(4) == 0) {
      identities.add("phone:" + random.nextInt(5));
    }
    if (identities.isEmpty() || random.nextInt(3) > 0) {
      identities.add("cookie:" + random.nextInt(8));
    }
    return new Event(TestGraph.DAY.plus(Duration.ofHours(random.nextInt(30))), identities.toArray(String[]::new));
  }

  private static String[] rows(Random random) {
    return random.ints(0, 6).distinct().limit(3)
        .mapToObj(key -> "t.a:" + key + (random.nextInt(4) == 0 ? "" : " " + value(random))).toArray(String[]::new);
  }

  private static String value(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> "email:" + random.nextInt(5);
      case 1 -> "phone:" + random.nextInt(5);
      default -> "user:" + random.nextInt(5);
    };
  }

  /// Union-find as in any textbook.
  private static Set<String> components(List<String> pairs) {
    var parents = new HashMap<String, String>();
    for (String pair : pairs) {
      String[] ends = pair.split(" ");
      for (String end : ends) {
        parents.putIfAbsent(end, end);
      }
      parents.put(root(parents, ends[0]), root(parents, ends[1]));
    }
    return named(parents.keySet(), identity -> root(parents, identity));
  }

  private static String root(Map<String, String> parents, String identity) {
    String parent = Objects.requireNonNull(parents.get(identity));
    return parent.equals(identity) ? identity : root(parents, parent);
  }

  private static Set<String> named(Set<String> identities, Function<String, String> group) {
    return identities.stream()
        .collect(Collectors.groupingBy(group, Collectors.mapping(Function.identity(), Collectors.toSet()))).values()
        .stream().map(members -> String.join(" ", new TreeSet<>(members)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private record Said(Identity one, Identity other, String source, Instant at, double score, boolean withdrawn) {}

  /// All links of the store, newest first, each taken unless it breaks a limit; then former values.
  private static Set<String> fromNothing(TestGraph graph) {
    Map<String, Namespace> namespaces = graph.namespaces.stream()
        .collect(Collectors.toMap(Namespace::name, Function.identity()));
    List<Said> links = graph.database.read(tx -> tx.query("""
        SELECT a.namespace, a.value, b.namespace, b.value, source, l.last_seen, score, withdrawn FROM identity_link l
        JOIN identity a ON a.number = one JOIN identity b ON b.number = other""",
        row -> new Said(new Identity(row.text(1), row.text(2)), new Identity(row.text(3), row.text(4)), row.text(5),
            row.instant(6), row.decimal(7), row.isTrue(8))));
    Function<Identity, Integer> priority = identity -> namespaces.containsKey(identity.namespace())
        ? namespaces.get(identity.namespace()).priority()
        : 80;
    links.sort(Comparator.comparing(Said::withdrawn).thenComparing(Said::at, Comparator.reverseOrder())
        .thenComparing(Said::score, Comparator.reverseOrder())
        .thenComparing(said -> -priority.apply(said.one()) - priority.apply(said.other()))
        .thenComparing(said -> Collections.min(List.of(said.one(), said.other())))
        .thenComparing(said -> Collections.max(List.of(said.one(), said.other()))).thenComparing(Said::source));
    var claimed = links.stream().filter(said -> !said.withdrawn())
        .flatMap(said -> List.of(said.one(), said.other()).stream()).collect(Collectors.toSet());
    var groups = new HashMap<String, Set<String>>();
    graph.database.read(tx -> {
      graph.graph.forEachAssignment(tx,
          assignment -> groups.put(assignment.identity().toString(), Set.of(assignment.identity().toString())));
      return groups;
    });
    for (Said said : links) {
      if (said.withdrawn() && claimed.contains(said.other())) {
        continue;
      }
      var union = new HashSet<>(groups.get(said.one().toString()));
      union.addAll(groups.get(said.other().toString()));
      boolean isKeptApart = graph.database.read(tx -> graph.graph.separations(tx, Integer.MAX_VALUE)).stream()
          .anyMatch(pair -> union.contains(pair.one().toString()) && union.contains(pair.other().toString()));
      boolean fits = !isKeptApart && namespaces.values().stream().allMatch(namespace -> union.stream()
          .filter(identity -> identity.startsWith(namespace.name() + ":")).count() <= namespace.limit());
      if (fits) {
        union.forEach(identity -> groups.put(identity, union));
        if (said.withdrawn()) {
          claimed.add(said.other());
        }
      }
    }
    return named(groups.keySet(), identity -> new TreeSet<>(groups.get(identity)).first());
  }

  private static void assertWithinLimits(TestGraph graph, long seed) {
    for (String customer : graph.customers()) {
      for (Namespace namespace : graph.namespaces) {
        long values = Arrays.stream(customer.split(" ")).filter(it -> it.startsWith(namespace.name() + ":")).count();
        assertTrue(values <= namespace.limit(), "seed " + seed + ": " + customer);
      }
    }
  }

  private static Map<CustomerKey, Set<String>> owners(TestGraph graph) {
    var owners = new HashMap<CustomerKey, Set<String>>();
    return graph.database.read(tx -> {
      graph.graph.forEachAssignment(tx, assignment -> owners
          .computeIfAbsent(assignment.customer(), _ -> new TreeSet<>()).add(assignment.identity().toString()));
      return owners;
    });
  }

  private static void assertReported(Map<CustomerKey, Set<String>> before, Map<CustomerKey, Set<String>> after,
      Set<CustomerKey> reported, String message) {
    var all = new HashSet<>(before.keySet());
    all.addAll(after.keySet());
    all.removeIf(customer -> before.getOrDefault(customer, Set.of()).equals(after.getOrDefault(customer, Set.of())));
    all.removeAll(reported);
    assertEquals(Set.of(), all, message + ": changed but not reported");
  }

  private static <T> List<T> shuffled(List<T> values, Random random) {
    var shuffled = new ArrayList<>(values);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }

  private DatabaseSettings sqlite() throws IOException {
    return TestDatabases.sqlite(Files.createTempDirectory(folder, "store"));
  }
}
