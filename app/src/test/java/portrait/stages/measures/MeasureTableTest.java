package portrait.stages.measures;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.database.Database;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.EventProperties;
import portrait.foundation.expressions.Subject;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Measures that are tables: worked examples, and the warehouse against the live evaluator on random ones.
class MeasureTableTest {

  private static final Instant NOW = Instant.parse("2024-03-31T12:00:00Z");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Warehouse warehouse = Warehouse.open(WarehouseSettings.inMemory());
  private Database database;
  private Definitions definitions;
  private Measures measures;

  @BeforeEach
  void open(@TempDir Path folder) {
    database = Database.open(TestDatabases.sqlite(folder), List.of(Definitions.migrations(), Measures.migrations()));
    definitions = new Definitions(database, List.of(Measures.KIND), Clock.systemUTC());
    measures = new Measures(definitions);
  }

  @AfterEach
  void close() {
    database.close();
    warehouse.close();
  }

  @Test
  void revenueByMonthAndChannelOfEachCustomer() {
    fill(List.of(
        new Person("anna", List.of(did("Order", "2024-01-31T23:30:00Z", "{\"amount\": 10, \"channel\": \"web\"}"),
            did("Order", "2024-03-01T10:00:00Z", "{\"amount\": 5, \"channel\": \"web\"}"),
            did("Order", "2024-03-02T10:00:00Z", "{\"amount\": 7, \"channel\": \"web\"}"),
            did("Order", "2024-03-02T11:00:00Z", "{\"amount\": 1}"),
            did("Visit", "2024-03-02T11:00:00Z", "{\"amount\": 1}"))),
        new Person("ben", List.of(did("Order", "2024-04-02T11:00:00Z", "{\"amount\": 99}")))));
    var table = defined("""
        event: Order
        time_zone: Europe/Paris
        dimensions:
          month: { of: event.timestamp, bucket: month }
          channel: channel
        calculations:
          revenue: { aggregate: sum, of: amount }
          orders: { aggregate: count }
          large: { aggregate: count, where: "amount > 6" }
          average: { formula: "revenue / orders" }
        """);

    assertEquals("""
        anna 2024-02-01 web 10.0 1 1 10.0
        anna 2024-03-01 web 12.0 2 1 6.0
        anna 2024-03-01 null 1.0 1 0 1.0""", computed(table));
    assertEquals(List.of("CustomerId", "month", "channel", "revenue", "orders", "large", "average"),
        warehouse.read(session -> measures.results(session, table, 10, 0)).columns().columns().stream()
            .map(Column::name).toList());
  }

  @Test
  void aNumberAboutTheWholeBusinessAndOneMadeOfOthers() {
    fill(List.of(new Person("anna", List.of(did("Order", "2024-03-01T10:00:00Z", "{\"amount\": 5}"))),
        new Person("ben", List.of(did("Order", "2024-03-02T11:00:00Z", "{\"amount\": 10}"),
            did("Visit", "2024-03-02T11:00:00Z", "{}")))));
    definitions.apply("""
        kind: Measure
        name: revenue
        spec: { per: business, aggregate: sum, of: amount, event: Order }
        ---
        kind: Measure
        name: visits
        spec: { per: business, aggregate: count, event: Visit }
        ---
        kind: Measure
        name: refunds
        spec: { per: business, aggregate: sum, of: amount, event: Refund, default: 0 }
        """, "test");
    assertEquals("15.0", computed(table("revenue")));
    assertEquals("0.0", computed(table("refunds")));
    assertEquals("15.0", computed(defined("{ per: business, formula: \"measure.revenue / measure.visits\" }")));
    assertEquals("null", computed(defined("{ per: business, formula: \"measure.revenue / measure.refunds\" }")));
    assertEquals("""
        Order 2
        Visit 1""", computed(
        defined("{ per: business, event: \"*\", aggregate: count, dimensions: { what: event.name } }")));
  }

  @Test
  void severalCalculationsAboutEachCustomerShareATable() {
    fill(List.of(new Person("anna", List.of(did("Order", "2024-03-01T10:00:00Z", "{\"amount\": 5}"))),
        new Person("ben", List.of())));
    assertEquals("""
        anna 5.0 1
        ben null 0""", computed(defined("""
        event: Order
        calculations: { revenue: { aggregate: sum, of: amount }, orders: { aggregate: count } }
        """)));
  }

  @Test
  void theTablesOfMeasuresThatAreGoneGo() {
    fill(List.of(new Person("anna", List.of())));
    var table = defined("{ per: business, event: Order, aggregate: count }");
    computed(table);
    definitions.delete("Measure", "table", "test");
    warehouse.write(session -> {
      measures.tidy(session);
      return true;
    });
    assertEquals(false, warehouse.read(session -> session.exists("Measure_table")));
  }

  @Test
  void theWarehouseAndTheLiveEvaluatorAgreeOnTables() {
    long seed = Long.getLong("portrait.seed", 20_240_331L);
    for (int run = 0; run < 60; run++) {
      var random = new SplittableRandom(seed + run);
      var people = people(random);
      fill(people);
      var table = defined(randomTable(random));
      var expected = new ArrayList<String>();
      for (var person : people) {
        measures.rows(table, person, NOW).forEach(row -> expected.add(person.id + " " + shown(row)));
      }
      assertEquals(sorted(expected), sorted(List.of(computed(table).split("\n"))),
          "seed %d: %s".formatted(seed + run, table));
    }
  }

  private static List<String> sorted(List<String> lines) {
    return lines.stream().filter(line -> !line.isEmpty()).sorted().toList();
  }

  private static String randomTable(SplittableRandom random) {
    var spec = new StringBuilder("event: " + one(random, "A", "B", "[A, B]", "\"*\"") + "\n");
    spec.append(one(random, "", "where: \"amount > 1\"\n", "within: 30d\n", "from: 2024-03-01\n"));
    spec.append("time_zone: " + one(random, "UTC", "Europe/Paris", "America/New_York") + "\n");
    spec.append("dimensions:\n  d0: " + one(random, "channel", "event.name",
        "{ of: event.timestamp, bucket: %s }".formatted(one(random, "day", "week", "month", "quarter", "year")),
        "{ of: amount, type: number }", "{ of: flag, type: boolean }") + "\n");
    if (random.nextBoolean()) {
      spec.append("  d1: " + one(random, "flag", "{ of: when, bucket: month }", "\"lower(channel)\"") + "\n");
    }
    spec.append("calculations:\n");
    for (int i = 0; i < 1 + random.nextInt(4); i++) {
      spec.append("  c%d: ".formatted(i) + one(random, "{ aggregate: count }", "{ aggregate: sum, of: amount }",
          "{ aggregate: average, of: amount, default: 0 }", "{ aggregate: count_distinct, of: channel }",
          "{ aggregate: min, of: amount }", "{ aggregate: max, of: event.timestamp }",
          "{ aggregate: first, of: channel }", "{ aggregate: last, of: amount, type: number }",
          "{ aggregate: arg_max, of: channel, by: amount }", "{ aggregate: arg_min, of: flag, by: event.timestamp }",
          "{ aggregate: count, where: \"channel = 'web'\" }",
          i == 0 ? "{ aggregate: count }" : "{ formula: \"number(c%d) / 2\" }".formatted(i - 1)) + "\n");
    }
    return spec.toString();
  }

  private static List<Person> people(SplittableRandom random) {
    var people = new ArrayList<Person>();
    for (int i = 0; i < 8; i++) {
      var events = new ArrayList<Did>();
      for (int e = 0; e < random.nextInt(12); e++) {
        var properties = JSON.createObjectNode();
        properties.set("amount", JSON.readTree(one(random, "1", "2.5", "-3", "\"4\"", "null", "0", "-0.0")));
        properties.set("channel", JSON.readTree(one(random, "\"web\"", "\"Web\"", "\"shop\"", "null", "1")));
        properties.set("flag", JSON.readTree(one(random, "true", "false", "\"true\"", "\"x\"")));
        properties.set("when", JSON.readTree(one(random, "\"2024-02-29\"", "\"2024-03-31T00:30:00Z\"", "\"x\"")));
        var at = one(random, NOW, NOW.plusSeconds(1), NOW.minusSeconds(30L * 86_400), Instant.parse(
            "2024-03-31T01:30:00Z"), Instant.parse("2024-02-29T23:30:00Z"), Instant.parse("2023-12-31T23:30:00Z"));
        events.add(new Did("e%02d".formatted(e), one(random, "A", "B", "C"), at, properties));
      }
      people.add(new Person("p" + i, events.stream()
          .sorted(java.util.Comparator.comparing(Did::at).thenComparing(Did::id)).toList()));
    }
    return people;
  }

  @SafeVarargs
  private static <T> T one(SplittableRandom random, T... of) {
    return of[random.nextInt(of.length)];
  }

  private MeasureTable defined(String spec) {
    String indented = spec.startsWith("{") ? spec : "\n" + spec.indent(2);
    definitions.apply("kind: Measure\nname: table\nspec: " + indented, "test");
    return table("table");
  }

  private MeasureTable table(String name) {
    return measures.tables().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  /// The rows of its table, one a line.
  private String computed(MeasureTable table) {
    warehouse.write(session -> measures.compute(session, table, NOW));
    return String.join("\n", warehouse.read(session -> measures.results(session, table, 10_000, 0)).rows().stream()
        .map(MeasureTableTest::shown).toList());
  }

  private static String shown(List<@Nullable Object> row) {
    // Of 0 and -0 either may be the least.
    return String.join(" ", row.stream().map(value -> value instanceof Double number ? number + 0.0 : value)
        .map(String::valueOf).toList());
  }

  private void fill(List<Person> people) {
    warehouse.write(session -> {
      session.create("Customer", Schema.of(Column.of("CustomerId", ColumnType.STRING)));
      session.create("UnifiedActivity",
          Schema.of(Column.of("CustomerId", ColumnType.STRING), Column.of("ActivityId", ColumnType.STRING),
              Column.of("ActivityName", ColumnType.STRING), Column.of("ActivityTimestamp", ColumnType.TIMESTAMP),
              Column.of("Properties", ColumnType.JSON)));
      session.append("Customer", people.stream().map(person -> new Object[]{person.id}));
      return session.append("UnifiedActivity", people.stream().flatMap(person -> person.events.stream()
          .map(event -> new Object[]{person.id, event.id, event.name, event.at, event.properties.toString()})));
    });
  }

  private static Did did(String name, String at, String properties) {
    return new Did(name + at, name, Instant.parse(at), JSON.readTree(properties));
  }

  private record Person(String id, List<Did> events) implements Subject {

    @Override
    public @Nullable Object attribute(String name) {
      return null;
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

  private record Did(String id, String name, Instant at, JsonNode properties) implements Subject.Occurrence {

    @Override
    public String type() {
      return "track";
    }

    @Override
    public @Nullable Object property(String path) {
      return EventProperties.value(properties, path);
    }

    @Override
    public @Nullable List<@Nullable Object> items(String path) {
      return EventProperties.items(properties, path);
    }
  }
}
