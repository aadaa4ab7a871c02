package portrait.stages.exports.destinations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.app.Configuration;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.files.FileStore;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.places.Places;
import portrait.foundation.places.Reach;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.exports.RunReport;
import portrait.stages.sources.LoadListener;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What every place for files must do as a destination of exports and as a source of tables, through a whole server and
/// against a real counterpart.
abstract class FileDestinationContract {

  @TempDir
  private Path home;
  private TestPortrait portrait;
  private FileStore there;

  /// The type of the connection.
  abstract String type();

  /// The settings of a connection that works, as YAML on one line; secrets are called `to.NAME`.
  abstract String settings();

  /// The value of each secret, by its name.
  abstract Map<String, String> secrets();

  /// A secret that is wrong, or empty where a place has none.
  Map<String, String> wrongSecrets() {
    return Map.of();
  }

  /// Addresses that the operator allows.
  List<String> hosts() {
    return List.of();
  }

  @BeforeEach
  void open() {
    portrait = TestPortrait.of(new Configuration(home, "127.0.0.1", 0, TestDatabases.Product.SQLITE.settings(home),
        WarehouseSettings.inMemory()).with(hosts()));
    portrait.apply("""
        kind: Connection
        name: to
        spec: { type: %s, settings: %s }
        """.formatted(type(), settings()));
    portrait.parts().connections().agree("to", Connections.PRIVACY_TEXT, "test");
    put(secrets());
    there = new Places(portrait.parts().connections(), new Reach(home.resolve("exports"), hosts())).open("to");
    for (int i = 0; i < 5; i++) {
      portrait.collect("/v1/identify", """
          {"userId": "u%d", "traits": {"first_name": "Zoé %d", "city": "Lyon", "points": %d}}""".formatted(i, i, i));
    }
  }

  private void put(Map<String, String> secrets) {
    secrets.forEach((name, value) -> portrait.parts().connections().putSecret("to." + name, Secret.of(value), "test"));
  }

  @AfterEach
  void close() {
    there.close();
    portrait.close();
  }

  @Test
  void customersArriveWholeWithTheManifestLast() throws Exception {
    export("{ rows_per_file: 2, compression: gzip }");
    var report = run();

    assertEquals(RunReport.Status.DONE, report.status());
    var manifest = manifest();
    assertEquals(5, manifest.path("rows").asInt());
    assertEquals(List.of(2, 2, 1),
        manifest.path("files").valueStream().map(file -> file.path("rows").asInt()).toList());
    assertEquals("integer", manifest.path("tables").get(0).path("columns").get(2).path("type").asString());
    var files = names();
    assertEquals(4, files.size(), files.toString());
    assertTrue(files.stream().anyMatch(name -> name.endsWith("/all_3.csv.gz")), files.toString());
  }

  @Test
  void whoChangedAndWhoLeftFollows() throws Exception {
    export("{ format: json_lines }");
    run();
    portrait.collect("/v1/identify", "{\"userId\": \"u1\", \"traits\": {\"points\": 77}}");
    var second = run();

    assertEquals(1, second.counts().changed());
    String last = names().stream().filter(name -> name.endsWith(".jsonl")).reduce((_, next) -> next).orElseThrow();
    var row = JsonMapper.shared().readTree(read(last));
    assertEquals("changed", row.path("Change").asString());
    assertEquals(77, row.path("points").asInt());
  }

  @Test
  void wholeTablesGoToo() throws Exception {
    portrait.parts().warehouse().write(session -> {
      session.execute(
          "CREATE TABLE shop_orders AS SELECT range AS id, range * 1.5 AS total, 1 AS _row_hash FROM range(7)");
      return true;
    });
    export("{ format: parquet, compression: zstd, customers: 'false', tables: shop_orders }");
    run();

    var manifest = manifest();
    assertEquals("shop_orders", manifest.path("tables").get(0).path("name").asString());
    assertEquals(7, manifest.path("rows").asInt());
    assertEquals(List.of("id", "total"), manifest.path("tables").get(0).path("columns").valueStream()
        .map(column -> column.path("name").asString()).toList());
    assertTrue(read(names().stream().filter(name -> name.endsWith(".parquet")).findFirst().orElseThrow())
        .startsWith("PAR1"));
  }

  @Test
  void theLayoutOfCustomerInsightsIsOneOfThem() throws Exception {
    export("""
        { index: model, folder: '{export}', file: '{table}/{yyyy}/{MM}/{dd}/{HH}{mm}/{table}_{part}' }""");
    run();

    var model = JsonMapper.shared().readTree(read("all/model.json"));
    assertEquals("all", model.path("entities").get(0).path("name").asString());
    String location = model.path("entities").get(0).path("partitions").get(0).path("location").asString();
    assertTrue(names().stream().anyMatch(location::endsWith), location);
  }

  @Test
  void aTableThatIsNotThereFailsTheRunAndLeavesNothing() {
    export("{ tables: no_such_table }");
    var failed = assertThrows(ProblemException.class, this::run);
    assertTrue(failed.getMessage().contains("no_such_table"));
    assertEquals(List.of(), names());
  }

  @Test
  void verifyReallyAsksAndLeavesNothing() {
    String found = portrait.parts().exports().verify(portrait.parts().connections().one("to"));
    assertTrue(found.contains("can be written"), found);
    assertEquals(List.of(), names());

    if (!wrongSecrets().isEmpty()) {
      put(wrongSecrets());
      var refused = assertThrows(ProblemException.class,
          () -> portrait.parts().exports().verify(portrait.parts().connections().one("to")));
      assertFalse(refused.problem().details().getOrDefault("cause", "").isEmpty(), refused.toString());
      wrongSecrets().values().forEach(secret -> assertFalse(refused.toString().contains(secret)));
    }
  }

  @Test
  void tablesAreLoadedFromThere() throws Exception {
    write("in/orders-1.csv", "OrderId,Total\no1,10\n");
    portrait.apply("""
        kind: Source
        name: shop
        spec:
          tables:
            - { name: orders, key: OrderId, mode: upsert, connection: to, path: "in/orders-*.csv" }
        """);
    assertFalse(load());
    assertTrue(load(), "nothing is new");
    write("in/orders-2.csv", "OrderId,Total\no2,20\n");
    assertFalse(load());
    assertEquals(2, portrait.parts().sources().table("shop.orders").orElseThrow().rows());

    var inUse = assertThrows(ProblemException.class,
        () -> portrait.parts().definitions().delete("Connection", "to", "test"));
    assertTrue(inUse.getMessage().contains("shop"), inUse.getMessage());
  }

  private boolean load() {
    var sources = portrait.parts().sources();
    return sources.loadFromPath(sources.definition("shop.orders").orElseThrow(), home,
        LoadListener.silent()).skippedAsSeen();
  }

  private void export(String settings) {
    portrait.apply("""
        kind: Export
        name: all
        spec: { connection: to, columns: [first_name, points], settings: %s }
        """.formatted(settings.strip()));
  }

  private RunReport run() throws InterruptedException {
    portrait.passUnnoticed(java.time.Duration.ofMinutes(1));
    return portrait.parts().exports().run("all", false, Progress.silent(), "test");
  }

  private List<String> names() {
    var names = Stream.<String>builder();
    there.list("", file -> names.add(file.name()));
    return names.build().toList();
  }

  private JsonNode manifest() throws IOException {
    return JsonMapper.shared().readTree(read(names().stream().filter(name -> name.endsWith("manifest.json")).findFirst()
        .orElseThrow()));
  }

  private String read(String name) throws IOException {
    try (var in = there.read(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void write(String name, String text) {
    try (var upload = there.create(name)) {
      upload.write(text.getBytes(StandardCharsets.UTF_8));
      upload.publish();
    }
  }
}
