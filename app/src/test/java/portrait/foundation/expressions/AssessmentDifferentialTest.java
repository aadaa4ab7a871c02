package portrait.foundation.expressions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.database.Database;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.measures.Measures;
import portrait.stages.segments.Assessed;
import portrait.stages.segments.SegmentDefinition;
import portrait.stages.segments.Segments;

/// Tables that are brought up to date step by step, as facts, definitions, lists and time go on, say the same as tables
/// that are computed for everybody at once. `-Dportrait.assessments=1000` runs longer, `-Dportrait.seed=7` repeats one.
class AssessmentDifferentialTest {

  private static final long SEED = Long.getLong("portrait.seed", 20_240_229L);
  private static final int ROUNDS = Integer.getInteger("portrait.assessments", 6);
  private static final int STEPS = 6;
  private static final int PEOPLE = 60;
  private static final int SEGMENTS = 16;
  private static final Instant NOON = Instant.parse("2024-03-31T12:00:00Z");
  private static final String BASE = """
      kind: Measure
      name: revenue
      spec: { formula: "sum(amount of 'A')" }
      ---
      kind: Measure
      name: lately
      spec: { aggregate: count, event: B, within: 3d }
      ---
      kind: Segment
      name: vip
      spec: { where: "count('A') >= 2 or measure.lately > 1" }
      ---
      kind: Segment
      name: new
      spec: { where: "city = 'Lyon'" }
      ---
      kind: Segment
      name: picked
      spec: { static: true }
      """;

  private Database database;
  private Definitions definitions;
  private Measures measures;
  private Segments segments;

  @BeforeEach
  void open(@TempDir Path folder) {
    database = Database.open(TestDatabases.Product.SQLITE.settings(folder),
        List.of(Definitions.migrations(), Measures.migrations(), Segments.migrations()));
    definitions = new Definitions(database, List.of(Measures.KIND, Segments.KIND), Clock.systemUTC());
    measures = new Measures(definitions);
    segments = new Segments(definitions, database, measures, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    database.close();
  }

  /// What there is at one step.
  private static final class World {
    private final Map<String, Someone> people = new LinkedHashMap<>();
    private Instant now;
    private List<CustomerId> picked = List.of();

    World(Instant now) {
      this.now = now;
    }
  }

  @Test
  void stepByStepAndAtOnceAgree() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      var random = new RandomCase(seed, RandomCase.NOWS.get(round % RandomCase.NOWS.size()));
      definitions.apply(BASE, "test");
      for (int place = 0; place < SEGMENTS; place++) {
        redefine(random, place);
      }
      var world = new World(random.now);
      for (int p = 0; p < PEOPLE; p++) {
        world.people.put(id(p), random.customer(id(p)));
      }
      try (var warehouse = Warehouse.open(WarehouseSettings.inMemory())) {
        for (int step = 0; step < STEPS; step++) {
          warehouse.write(session -> lay(session, world));
          assess(warehouse, world);
          assertEquals(atOnce(world), read(warehouse), "seed %d, step %d, %s".formatted(seed, step, world.now));
          change(random, world);
        }
      }
    }
  }

  @Test
  void onlyWhatChangedIsComputed() {
    definitions.apply(BASE, "test");
    var world = new World(NOON);
    for (int p = 0; p < PEOPLE; p++) {
      world.people.put(id(p), Someone.called(id(p)).having("city", "Paris")
          .doing(new Someone.Did("b" + p, "B", NOON.minus(Duration.ofHours(p + 1)), Someone.JSON.readTree("{}"))));
    }
    try (var warehouse = Warehouse.open(WarehouseSettings.inMemory())) {
      warehouse.write(session -> lay(session, world));
      assertEquals(new Assessed(PEOPLE, 4, PEOPLE), assess(warehouse, world), "at first everything is new");
      assertEquals(new Assessed(0, 0, PEOPLE), assess(warehouse, world), "nothing changed");

      world.people.computeIfPresent(id(3), (_, who) -> who.having("city", "Lyon"));
      warehouse.write(session -> lay(session, world));
      assertEquals(new Assessed(1, 0, PEOPLE), assess(warehouse, world), "one moved");

      world.now = NOON.plus(Duration.ofHours(13));
      assertEquals(new Assessed(2, 0, PEOPLE), assess(warehouse, world), "two did it 59 and 60 hours before noon");

      definitions.apply("kind: Segment\nname: new\nspec: { where: \"city = 'Paris'\" }", "test");
      assertEquals(new Assessed(0, 1, PEOPLE), assess(warehouse, world), "one segment changed");
      definitions.apply("kind: Segment\nname: vip\nspec: { where: \"days_since(born) > 4 or member('new')\" }", "test");
      assess(warehouse, world);
      world.now = world.now.plusSeconds(1);
      assertEquals(new Assessed(0, 1, PEOPLE), assess(warehouse, world), "days since something are anybody's");
    }
  }

  private static String id(int number) {
    return "00000000-0000-0000-0000-%012d".formatted(number);
  }

  private Assessed assess(Warehouse warehouse, World world) {
    return warehouse.write(session -> segments.assess(session, Map.of("picked", world.picked), world.now));
  }

  private void redefine(RandomCase random, int place) {
    while (true) {
      var condition = random.condition(3, false);
      var uses = Expressions.uses(condition);
      if (uses.segments().stream().allMatch(List.of("vip", "new", "picked")::contains)
          && uses.measures().stream().allMatch(List.of("revenue", "lately")::contains)) {
        definitions.apply("kind: Segment\nname: s%d\nspec: { where: %s, time_zone: %s, active: %s }\n".formatted(place,
            Someone.JSON.writeValueAsString(TextWriter.write(condition)),
            random.one("UTC", "Europe/Paris", "America/Havana"), random.chance(80)), "test");
        return;
      }
    }
  }

  private void change(RandomCase random, World world) {
    int some = random.chance(30) ? 0 : random.random.nextInt(1, 8);
    for (int i = 0; i < some; i++) {
      String who = id(random.random.nextInt(PEOPLE + 4));
      if (random.chance(15)) {
        world.people.remove(who);
      } else {
        world.people.put(who, random.customer(who));
      }
    }
    if (random.chance(40)) {
      world.picked = world.people.keySet().stream().filter(_ -> random.chance(20)).map(CustomerId::of).toList();
    }
    if (random.chance(50)) {
      redefine(random, random.random.nextInt(SEGMENTS));
    }
    if (random.chance(20)) {
      definitions.apply("kind: Measure\nname: lately\nspec: { aggregate: count, event: B, within: %dh }"
          .formatted(random.random.nextInt(1, 100)), "test");
    }
    world.now = world.now.plusSeconds(random.one(0, 1, 3_000, 80_000, 86_400, 2_600_000));
  }

  private static int lay(WarehouseSession session, World world) {
    var columns = new ArrayList<>(List.of(Column.of("CustomerId", ColumnType.STRING)));
    RandomCase.ATTRIBUTES.forEach((name, type) -> columns.add(Column.of(name, type)));
    session.create("Customer", new Schema(columns));
    session.create("UnifiedActivity",
        Schema.of(Column.of("CustomerId", ColumnType.STRING), Column.of("ActivityId", ColumnType.STRING),
            Column.of("ActivityName", ColumnType.STRING), Column.of("ActivityTimestamp", ColumnType.TIMESTAMP),
            Column.of("Source", ColumnType.STRING), Column.of("Properties", ColumnType.JSON)));
    session.append("Customer", world.people.values().stream().map(who -> {
      var row = new ArrayList<@Nullable Object>(List.of(who.id()));
      RandomCase.ATTRIBUTES.keySet().forEach(name -> row.add(who.column(name)));
      return row.toArray();
    }));
    session.append("UnifiedActivity", world.people.values().stream().flatMap(who -> who.events().stream()
        .map(event -> new Object[]{who.id(), event.id(), event.name(), event.at(), "web",
            event.properties().toString()})));
    return 0;
  }

  private Map<String, List<String>> atOnce(World world) {
    try (var other = Warehouse.open(WarehouseSettings.inMemory())) {
      other.write(session -> lay(session, world));
      assertEquals(Map.of(), measures.fill(other, world.now).failures());
      other.write(session -> {
        segments.fill(session,
            segments.inForce().stream().map(SegmentDefinition::name).collect(Collectors.toSet()),
            Map.of("picked", world.picked), world.now, _ -> {});
        return 0;
      });
      return read(other);
    }
  }

  private static Map<String, List<String>> read(Warehouse warehouse) {
    return warehouse.read(session -> {
      var found = new TreeMap<String, List<String>>();
      var columns = session.schema("Customer_Measure").orElseThrow().columns().stream().map(Column::name).sorted()
          .toList();
      assertTrue(columns.contains("revenue"), () -> "" + columns);
      found.put("measures", session.query(Sql.format("SELECT CAST(ROW({}) AS VARCHAR) AS one FROM Customer_Measure "
          + "ORDER BY one", Sql.join(", ", columns.stream().map(Sql::name).toList())), row -> row.text(1)));
      found.put("members", session.query(Sql.of("SELECT \"Segment\" || ' ' || \"CustomerId\" AS one FROM "
          + "\"SegmentMembership\" ORDER BY one"), row -> row.text(1)));
      return found;
    });
  }
}
