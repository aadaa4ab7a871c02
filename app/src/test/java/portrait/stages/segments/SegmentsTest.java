package portrait.stages.segments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.foundation.database.Database;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Subject;
import portrait.foundation.expressions.Touched;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.identity.CustomerKey;
import portrait.stages.measures.Measures;

/// What segments promise on every profile store.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class SegmentsTest {

  private static final Instant NOON = Instant.parse("2024-03-31T12:00:00Z");
  private static final CustomerKey ANNA = new CustomerKey(1, new CustomerId(new UUID(0, 1)));
  private static final CustomerKey ANNA_TOO = new CustomerKey(2, new CustomerId(new UUID(0, 2)));

  private final TestDatabases.Product product;
  private Database database;
  private Definitions definitions;
  private Measures measures;
  private Segments segments;

  SegmentsTest(TestDatabases.Product product) {
    this.product = product;
  }

  @BeforeEach
  void open(@TempDir Path folder) {
    database = Database.open(product.settings(folder),
        List.of(Definitions.migrations(), Measures.migrations(), Segments.migrations()));
    definitions = new Definitions(database, List.of(Measures.KIND, Segments.KIND), Clock.systemUTC());
    measures = new Measures(definitions);
    segments = new Segments(definitions, database, measures, Clock.systemUTC());
    definitions.apply("""
        kind: Measure
        name: visits
        spec: { aggregate: count, event: Visit, within: 1d }
        ---
        kind: Measure
        name: visits_doubled
        spec: { formula: "measure.visits * 2" }
        ---
        kind: Segment
        name: visitors
        spec: { title: Came today, where: { event: Visit, within: 1d } }
        ---
        kind: Segment
        name: lyon-visitors
        spec: { where: { all: [ { segment: visitors }, { attribute: { city: Lyon } } ] } }
        """, "test");
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void anEventBringsACustomerInAndTimeTakesThemOut() {
    var who = new Person(Map.of("city", "Lyon"), List.of(new Visit(NOON.minusSeconds(60))));

    var came = database.write(tx -> segments.update(tx, ANNA, who, NOON, Touched.of(Set.of("Visit"), Set.of())));
    assertEquals(List.of("visitors", "lyon-visitors"), came.stream().map(MembershipChange::segment).toList());

    var leaves = NOON.minusSeconds(60).plusSeconds(86_400);
    assertEquals(List.of(new Membership("lyon-visitors", "lyon-visitors", NOON, null),
        new Membership("visitors", "Came today", NOON, leaves)), database.read(tx -> segments.of(tx, ANNA)));
    assertEquals(List.of(), database.read(tx -> segments.due(tx, leaves.minusMillis(1), 10)));
    assertEquals(List.of(ANNA), database.read(tx -> segments.due(tx, leaves, 10)));

    var left = database.write(tx -> segments.update(tx, ANNA, who, leaves, Touched.everything()));
    assertEquals(List.of(false, false), left.stream().map(MembershipChange::entered).toList());
    assertEquals(Map.of("visitors", 0L, "lyon-visitors", 0L), database.read(tx -> segments.sizes(tx)));
    assertEquals(4, database.read(tx -> segments.history(tx, ANNA, 10)).size());
    assertEquals(List.of(), database.read(tx -> segments.due(tx, leaves.plusSeconds(1_000_000), 10)));
  }

  @Test
  void afterAMergeTheEarlierEntryCounts() {
    var who = new Person(Map.of(), List.of(new Visit(NOON.minusSeconds(60))));
    database.write(tx -> segments.update(tx, ANNA_TOO, who, NOON, Touched.everything()));
    database.write(tx -> segments.update(tx, ANNA, who, NOON.plusSeconds(5), Touched.everything()));

    database.write(tx -> {
      segments.move(tx, ANNA_TOO, ANNA);
      return segments.update(tx, ANNA, who, NOON.plusSeconds(9), Touched.everything());
    });

    assertEquals(NOON, database.read(tx -> segments.of(tx, ANNA)).getFirst().since());
    var page = database.read(tx -> segments.members(tx, "visitors", 10, Optional.empty()));
    assertEquals(List.of(ANNA.id()), page.members().stream().map(MemberPage.Member::customer).toList());
  }

  @Test
  void theHistoryOfASegmentHasPagesAndATrend() {
    var who = new Person(Map.of("city", "Lyon"), List.of(new Visit(NOON.minusSeconds(60))));
    database.write(tx -> segments.update(tx, ANNA, who, NOON, Touched.everything()));
    database.write(tx -> segments.update(tx, ANNA_TOO, who, NOON, Touched.everything()));
    var gone = NOON.plusSeconds(86_400);
    database.write(tx -> segments.update(tx, ANNA_TOO, who, gone, Touched.everything()));

    var first = database.read(tx -> segments.changes(tx, "visitors", 2, Optional.empty()));
    assertEquals(List.of(false, true), first.changes().stream().map(MembershipChange::entered).toList());
    var rest = database.read(tx -> segments.changes(tx, "visitors", 2, first.next()));
    assertEquals(List.of(ANNA), rest.changes().stream().map(MembershipChange::customer).toList());
    assertEquals(Optional.empty(), rest.next());

    var trend = database.read(tx -> segments.trend(tx, "visitors", 3, gone));
    assertEquals(List.of(0L, 2L, 1L), List.copyOf(trend.values()), trend.toString());
    assertEquals(new Overlap(List.of("visitors", "lyon-visitors"), Map.of("visitors", 1L, "lyon-visitors", 1L),
        List.of(new Overlap.Part(List.of("visitors", "lyon-visitors"), 1))),
        database.read(tx -> segments.overlap(tx, List.of("visitors", "lyon-visitors"))));
  }

  @Test
  void whatIsSwitchedOffHasNoMembersAndSaysWhy() {
    var who = new Person(Map.of("city", "Lyon"), List.of(new Visit(NOON.minusSeconds(60))));
    definitions.apply("""
        kind: Segment
        name: draft
        spec: { where: "city = 'Lyon'", active: false, tags: [spring] }
        """, "ann");
    database.write(tx -> segments.update(tx, ANNA, who, NOON, Touched.everything()));
    assertEquals(0, database.read(tx -> segments.sizes(tx)).get("draft"));
    assertTrue(segments.inForce().stream().noneMatch(segment -> segment.name().equals("draft")));

    definitions.apply("""
        kind: Segment
        name: draft
        spec: { where: "city = 'Lyon'" }
        """, "ann");
    database.write(tx -> segments.update(tx, ANNA, who, NOON, Touched.everything()));
    assertEquals(1, database.read(tx -> segments.sizes(tx)).get("draft"));

    definitions.apply("""
        kind: Segment
        name: draft
        spec: { where: "city = 'Lyon'", active: false }
        """, "ann");
    assertEquals(0, database.read(tx -> segments.sizes(tx)).get("draft"));
    var last = database.read(tx -> segments.changes(tx, "draft", 1, Optional.empty())).changes().getFirst();
    assertEquals("the segment was switched off", last.why());
  }

  @Test
  void measuresBuildOnEachOtherAndAreKept() {
    var twice = new Person(Map.of(), List.of(new Visit(NOON), new Visit(NOON)));
    var update = database.write(tx -> measures.update(tx, ANNA, twice, NOON, Touched.everything()));

    assertEquals(Set.of("visits", "visits_doubled"), update.changed());

    assertEquals(Map.of("visits", 2L, "visits_doubled", 4.0), database.read(tx -> measures.of(tx, ANNA)));
    assertEquals(List.of(ANNA), database.read(tx -> measures.due(tx, NOON.plusSeconds(86_400), 10)));
  }

  @Test
  void aMeasureIsEvaluatedAgainWhenSomethingTouchesItOrItsTimeHasCome() {
    var twice = new Person(Map.of(), List.of(new Visit(NOON), new Visit(NOON)));
    var never = new Person(Map.of(), List.of());
    var later = NOON.plusSeconds(86_400 * 366);
    database.write(tx -> measures.update(tx, ANNA, twice, NOON, Touched.everything()));

    var other = database.write(tx -> measures.update(tx, ANNA, never, NOON, Touched.of(Set.of("Slept"), Set.of())));
    var due = database.write(tx -> measures.update(tx, ANNA, never, later, Touched.of(Set.of("Slept"), Set.of())));

    if (product == TestDatabases.Product.SQLITE) {
      assertEquals(Set.of(), other.changed());
      assertEquals(2L, other.values().values().get("visits"));
    }
    assertEquals(0L, due.values().values().get("visits"));
    assertEquals(Map.of("visits", 0L, "visits_doubled", 0.0), database.read(tx -> measures.of(tx, ANNA)));
  }

  @Test
  void anAttributeThatBearsTheNameOfAMeasureIsThatMeasure() {
    definitions.apply("""
        kind: Segment
        name: rare-visitors
        spec: { where: { attribute: { visits: { less_than: 2 } } } }
        """, "test");
    var rare = new Counted(new Person(Map.of("visits", 9L), List.of()), 1L);
    var frequent = new Counted(new Person(Map.of(), List.of()), 2L);

    var rareIn = database.write(tx -> segments.update(tx, ANNA, rare, NOON, Touched.everything()));
    var frequentIn = database.write(tx -> segments.update(tx, ANNA_TOO, frequent, NOON, Touched.everything()));

    assertEquals(List.of("rare-visitors"), rareIn.stream().map(MembershipChange::segment).toList());
    assertEquals(List.of(), frequentIn);
    var segment = segments.definitions().stream().filter(each -> each.name().equals("rare-visitors")).findFirst();
    var columns = new Columns(Schema.of(), Schema.of(Schema.Column.of("visits", ColumnType.INTEGER)));
    var rule = segment.orElseThrow();
    String sql = Expressions.members(rule.where(), NOON, rule.zone(), columns).text();
    assertTrue(sql.contains("Customer_Measure"), sql);
    assertThrows(ProblemException.class, () -> definitions.delete("Measure", "visits", "test"));
  }

  @Test
  void theTableOfMembershipsHoldsSegmentsThatBuildOnOthers() {
    definitions.apply("""
        kind: Segment
        name: everybody
        spec: { where: "not member('lyon-visitors')" }
        ---
        kind: Segment
        name: nobody
        spec: { where: "member('everybody') and member('lyon-visitors')" }
        ---
        kind: Segment
        name: seen-today
        spec: { where: "count(* within this day) >= 1", time_zone: Europe/Paris }
        """, "test");
    try (var warehouse = Warehouse.open(WarehouseSettings.inMemory())) {
      var written = new ArrayList<Integer>();
      var members = warehouse.write(session -> {
        session.create("Customer", Schema.of(Schema.Column.of("CustomerId", ColumnType.STRING),
            Schema.Column.of("city", ColumnType.STRING)));
        session.create("Customer_Measure", Schema.of(Schema.Column.of("CustomerId", ColumnType.STRING),
            Schema.Column.of("visits", ColumnType.INTEGER)));
        session.create("UnifiedActivity",
            Schema.of(Schema.Column.of("CustomerId", ColumnType.STRING),
                Schema.Column.of("ActivityId", ColumnType.STRING),
                Schema.Column.of("ActivityName", ColumnType.STRING),
                Schema.Column.of("ActivityTimestamp", ColumnType.TIMESTAMP),
                Schema.Column.of("Properties", ColumnType.JSON)));
        session.append("Customer", Stream.of(new Object[]{"anna", "Lyon"}, new Object[]{"ben", "Paris"}));
        session.append("UnifiedActivity", Stream.<Object[]>of(new Object[]{"ben", "1", "Visit", NOON, "{}"}));
        segments.fill(session, segments.inForce().stream().map(SegmentDefinition::name).collect(Collectors.toSet()),
            Map.of(), NOON, written::add);
        return session.query(Sql.of("SELECT \"CustomerId\", \"Segment\" FROM \"SegmentMembership\" ORDER BY 2, 1"),
            row -> row.text(1) + " " + row.text(2));
      });
      assertEquals(List.of("anna everybody", "ben everybody", "ben seen-today", "ben visitors"), members);
      assertEquals(segments.inForce().size(), written.stream().mapToInt(Integer::intValue).sum());
    }
  }

  @Test
  void whatDependsOnItselfIsRefusedWithTheWayNamed() {
    var refused = assertThrows(ProblemException.class, () -> definitions.apply("""
        kind: Segment
        name: visitors
        spec: { where: { segment: lyon-visitors } }
        """, "test"));

    String all = refused.problem() + "";
    assertTrue(all.contains("Segment/visitors uses Segment/lyon-visitors uses Segment/visitors"), all);
  }

  private record Visit(Instant at) implements Subject.Occurrence {
    @Override
    public String id() {
      return "v" + at;
    }

    @Override
    public String name() {
      return "Visit";
    }

    @Override
    public String type() {
      return "track";
    }

    @Override
    public @Nullable Object property(String path) {
      return null;
    }

    @Override
    public @Nullable List<@Nullable Object> items(String path) {
      return null;
    }
  }

  /** Somebody whose only measure has one value. */
  private record Counted(Person person, long visits) implements Subject {

    @Override
    public @Nullable Object attribute(String name) {
      return person.attribute(name);
    }

    @Override
    public @Nullable Object measure(String name) {
      return name.equals("visits") ? visits : null;
    }

    @Override
    public boolean isMember(String segment) {
      return false;
    }

    @Override
    public List<Visit> events() {
      return person.events();
    }
  }

  private record Person(Map<String, Object> attributes, List<Visit> events) implements Subject {

    @Override
    public @Nullable Object attribute(String name) {
      return new HashMap<>(attributes).get(name);
    }

    @Override
    public @Nullable Object measure(String name) {
      return null;
    }

    @Override
    public boolean isMember(String segment) {
      return false;
    }
  }
}
