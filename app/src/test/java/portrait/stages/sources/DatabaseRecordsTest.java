package portrait.stages.sources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.foundation.connections.Connections;
import portrait.foundation.connections.VaultSettings;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.files.FileStore;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.records.RecordStore;
import portrait.foundation.records.RecordStores;

/// Tables that come from somebody else's database: a real one, of both products.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class DatabaseRecordsTest {

  @Parameter
  private TestDatabases.Product product;
  @TempDir
  private Path folder;
  private SourcesFixture house;
  private Connections connections;
  private Connection shop;

  @BeforeEach
  void open() throws SQLException {
    house = new SourcesFixture(folder);
    connections = new Connections(house.definitions, house.database, RecordStores.CONNECTORS,
        VaultSettings.in(folder), house.clock);
    connections.putSecret("erp.password", Secret.of("any"), "test");
    switch (product.settings(folder)) {
      case DatabaseSettings.Sqlite _ -> {
        shop = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("shop.db"));
        house.definitions.apply("{kind: Connection, name: erp, spec: {type: sqlite, settings: {file: shop.db}}}",
            "test");
      }
      case DatabaseSettings.Postgres postgres -> {
        shop = DriverManager.getConnection(postgres.url(), postgres.user(), "");
        var address = postgres.url().replaceFirst("^jdbc:postgresql://", "").split("[:/?]");
        house.definitions.apply("""
            {kind: Connection, name: erp, spec: {type: postgresql, settings: {host: %s, port: %s, database: %s,
              encryption: none, user: postgres, password: {secret: erp.password}}}}""".formatted(address[0], address[1],
            address[2]), "test");
      }
    }
    var stores = new RecordStores(connections, folder);
    house.sources.reachThrough(new Sources.Connected() {
      @Override
      public FileStore open(String connection) {
        throw new AssertionError("no files lie there");
      }

      @Override
      public Optional<RecordStore> records(String connection) {
        return stores.open(connection);
      }
    });
    run("CREATE TABLE orders (id TEXT PRIMARY KEY, total NUMERIC(10, 2), \"Changed\" TIMESTAMP, code TEXT)");
    run("INSERT INTO orders VALUES ('o1', 10.50, '2026-01-01 10:00:00', '007'), ('o2', 20, '2026-01-02 10:00:00', NULL)");
  }

  @AfterEach
  void close() throws SQLException {
    shop.close();
    house.close();
  }

  @Test
  void aTableIsReadWholeEachTimeAndRowsThatAreGoneAreGone() throws SQLException {
    house.define("{ name: orders, key: id, connection: erp, path: orders }");
    load();
    assertEquals("o1 | 10.5 | 2026-01-01T10:00:00Z | 007\no2 | 20.0 | 2026-01-02T10:00:00Z | ∅\n", rows());

    run("DELETE FROM orders WHERE id = 'o1'");
    run("UPDATE orders SET total = 21 WHERE id = 'o2'");
    var second = load();
    assertEquals("o2 | 21.0 | 2026-01-02T10:00:00Z | ∅\n", rows());
    assertEquals(1, second.deleted());
  }

  @Test
  void onlyRowsAtOrAfterTheNewestOneAreReadAgain() throws SQLException {
    house.define("{ name: orders, key: id, connection: erp, path: orders, mode: upsert, updated: Changed }");
    assertEquals(2, load().rowsRead());
    // Not newer than what was read: nobody asks for it.
    run("UPDATE orders SET total = 99 WHERE id = 'o1'");
    run("INSERT INTO orders VALUES ('o3', 30, '2026-01-02 10:00:00', 'x'), ('o4', 40, '2026-01-03 10:00:00.123456', 'y')");

    assertEquals(3, load().rowsRead(), "those of the same moment, and those after it");
    assertEquals("o1 10.5, o2 20.0, o3 30.0, o4 40.0", totals());

    run("UPDATE orders SET total = 11, \"Changed\" = '2026-01-04 10:00:00' WHERE id = 'o1'");
    run("DELETE FROM orders WHERE id = 'o3'");
    assertEquals(2, load().rowsRead());
    assertEquals("o1 11.0, o2 20.0, o3 30.0, o4 40.0", totals());
    assertEquals(1, load().rowsRead());
  }

  @Test
  void anotherDefinitionOrAnotherColumnReadsEverythingAnew() throws SQLException {
    house.define("{ name: orders, key: id, connection: erp, path: orders, mode: upsert, updated: Changed }");
    load();
    run("ALTER TABLE orders ADD COLUMN city TEXT");
    run("UPDATE orders SET city = 'Lyon'");
    assertEquals(2, load().rowsRead());
    assertEquals("Lyon, Lyon", one("SELECT string_agg(city, ', ') FROM shop_orders"));

    house.define("""
        { name: orders, key: id, connection: erp, mode: upsert, updated: Changed,
          query: "SELECT * FROM orders WHERE id <> 'o1' -- not the first;" }""".replace(";", ""));
    assertEquals(1, load().rowsRead());
    assertEquals("o2", one("SELECT string_agg(id, ', ') FROM shop_orders"));
  }

  @Test
  void aRowThatDoesNotFitIsRefusedWithItsReason() throws SQLException {
    run("INSERT INTO orders VALUES ('', 1, '2026-01-01 10:00:00', 'z')");
    house.define("""
        { name: orders, key: id, connection: erp, corrupt_limit: 90%, query: "SELECT * FROM orders ORDER BY id",
          columns: [{ name: id }, { name: number, from: code, type: integer }, { name: total, type: number }] }""");
    run("INSERT INTO orders VALUES ('o5', 1, '2026-01-01 10:00:00', 'seven')");
    load();
    assertEquals("o1 | 7 | 10.5\no2 | ∅ | 20.0\n", rows());
    String refused = house.refused("shop.orders");
    assertTrue(refused.contains("query | 1 | id |") && refused.contains("the primary key is empty"), refused);
    assertTrue(refused.contains("query | 4 | number | seven | a whole number"), refused);
  }

  @Test
  void nothingCanBeChangedThere() {
    for (String attempt : new String[]{"DELETE FROM orders RETURNING *",
        "SELECT 1) AS a; DELETE FROM orders; SELECT (1"}) {
      house.define("{ name: orders, key: id, connection: erp, query: \"%s\" }".formatted(attempt));
      assertThrows(ProblemException.class, this::load, attempt);
    }
    house.define("{ name: orders, key: id, connection: erp, path: orders }");
    assertEquals(2, load().rowsLoaded());
  }

  @Test
  void whatIsWrongIsSaid() {
    house.define("{ name: orders, key: id, connection: erp, path: absent }");
    var absent = assertThrows(ProblemException.class, this::load).problem();
    assertEquals(Problem.Code.INVALID_DEFINITION, absent.code());
    assertTrue(absent.message().contains("absent"), absent.message());

    house.define("{ name: orders, key: id, connection: erp, path: orders, mode: upsert, updated: moment }");
    var column = assertThrows(ProblemException.class, this::load).problem();
    assertTrue(column.message().contains("id, total, Changed, code"), column.message());

    assertTrue(house.sources.verify("erp").orElseThrow().endsWith("answers"));
    house.definitions.apply(product == TestDatabases.Product.SQLITE
        ? "{kind: Connection, name: erp, spec: {type: sqlite, settings: {file: other.db}}}"
        : """
            {kind: Connection, name: erp, spec: {type: postgresql, settings: {host: 127.0.0.1, port: 1, database: x,
              encryption: none, user: postgres, password: {secret: erp.password}}}}""", "test");
    var unreachable = assertThrows(ProblemException.class, () -> house.sources.verify("erp")).problem();
    assertTrue(unreachable.message().contains(product == TestDatabases.Product.SQLITE ? "no file other.db"
        : "127.0.0.1:1 does not answer"), unreachable.message());
  }

  @Test
  void aQueryNeedsADatabase() {
    var wrong = assertThrows(ProblemException.class,
        () -> house.define("{ name: orders, key: id, query: \"SELECT 1\" }"));
    assertTrue(wrong.getMessage().contains("query"), wrong.getMessage());
  }

  private LoadResult load() {
    return house.sources.loadFromPath(house.sources.definition("shop.orders").orElseThrow(), folder,
        LoadListener.silent());
  }

  private String rows() {
    return house.rows("shop.orders");
  }

  private String totals() {
    return one("SELECT string_agg(id || ' ' || total, ', ' ORDER BY id) FROM shop_orders");
  }

  private String one(String sql) {
    return house.query(sql).getFirst().getFirst();
  }

  private void run(String sql) throws SQLException {
    try (var statement = shop.createStatement()) {
      statement.execute(sql);
    }
  }
}
