package portrait.stages.sources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.files.FileStore;
import portrait.foundation.files.Place;
import portrait.foundation.files.StoredFile;
import portrait.foundation.files.Upload;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Tables whose files are reached through a connection.
class DistantFilesTest {

  private static final String ORDERS = """
      name: orders
      key: OrderId
      connection: bucket
      path: "shop/**/orders-*.csv"
      """;

  @TempDir
  private Path folder;
  private SourcesFixture house;
  private FileStore bucket;
  private final List<String> fetched = new ArrayList<>();

  @BeforeEach
  void open() {
    house = new SourcesFixture(folder);
    house.definitions.apply("{kind: Connection, name: bucket, spec: {type: disk, settings: {folder: x}}}", "test");
    bucket = FileStore.open(new Place.Disk(folder.resolve("bucket")));
    house.sources.reachThrough(name -> {
      assertEquals("bucket", name);
      return new Watched(bucket, fetched);
    });
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void onlyNewAndChangedFilesAreFetched() {
    house.define(ORDERS + "mode: upsert\n");
    put("shop/2026/01/orders-1.csv", "OrderId,Total\no1,10\no2,20\n");
    put("shop/2026/02/orders-2.csv", "OrderId,Total\no3,30\n");
    put("shop/2026/02/returns.csv", "OrderId\nx\n");
    put("elsewhere/orders-9.csv", "OrderId\nx\n");

    load();
    assertEquals(List.of("shop/2026/01/orders-1.csv", "shop/2026/02/orders-2.csv"), fetched);
    assertEquals("o1 | 10\no2 | 20\no3 | 30\n", house.rows("shop.orders"));

    fetched.clear();
    assertTrue(load().skippedAsSeen());
    assertEquals(List.of(), fetched);

    put("shop/2026/02/orders-2.csv", "OrderId,Total\no3,31\n");
    put("shop/2026/03/orders-3.csv", "OrderId,Total\no4,40\n");
    load();
    assertEquals(List.of("shop/2026/02/orders-2.csv", "shop/2026/03/orders-3.csv"), fetched);
    assertEquals("o1 | 10\no2 | 20\no3 | 31\no4 | 40\n", house.rows("shop.orders"));
  }

  @Test
  void aTableThatIsReplacedIsTheSumOfItsFiles() {
    house.define(ORDERS);
    put("shop/a/orders-1.csv", "OrderId,Total\no1,10\n");
    put("shop/a/orders-2.csv", "OrderId,Total\no2,20\n");
    load();
    bucket.delete("shop/a/orders-1.csv");

    load();
    assertEquals("o2 | 20\n", house.rows("shop.orders"));
    assertTrue(load().skippedAsSeen());
  }

  @Test
  void aLoadThatFailsIsTriedAgain() {
    house.define(
        ORDERS + "mode: upsert\ncorrupt_limit: 0%\ncolumns: [{ name: OrderId }, { name: Total, type: integer }]\n");
    put("shop/a/orders-1.csv", "OrderId,Total\no1,many\n");
    assertThrows(ProblemException.class, this::load);
    put("shop/a/orders-2.csv", "OrderId,Total\no2,2\n");
    put("shop/a/orders-1.csv", "OrderId,Total\no1,1\n");

    load();
    assertEquals("o1 | 1\no2 | 2\n", house.rows("shop.orders"));
  }

  @Test
  void whenNoFileFitsTheWordsSayWhere() {
    house.define(ORDERS);
    var missing = assertThrows(ProblemException.class, this::load);
    assertEquals(Problem.Code.NOT_FOUND, missing.problem().code());
    assertTrue(missing.getMessage().contains("bucket") && missing.getMessage().contains("shop/**/orders-*.csv"));
  }

  @Test
  void aConnectionNeedsAPath() {
    var wrong = assertThrows(ProblemException.class, () -> house.define("name: orders\nkey: a\nconnection: bucket\n"));
    assertTrue(wrong.getMessage().contains("path"), wrong.getMessage());
  }

  private LoadResult load() {
    return house.sources.loadFromPath(house.sources.definition("shop.orders").orElseThrow(), folder,
        LoadListener.silent());
  }

  private void put(String name, String text) {
    try (var upload = bucket.create(name)) {
      upload.write(text.getBytes(StandardCharsets.UTF_8));
      upload.publish();
    }
  }

  /// Notes what is read.
  private record Watched(FileStore behind, List<String> fetched) implements FileStore {
    @Override
    public void list(String prefix, Consumer<StoredFile> use) {
      assertEquals("shop/", prefix, "no more is listed than can fit");
      behind.list(prefix, use);
    }

    @Override
    public Optional<StoredFile> find(String name) {
      return behind.find(name);
    }

    @Override
    public InputStream read(String name) {
      fetched.add(name);
      return behind.read(name);
    }

    @Override
    public Upload create(String name, Existing existing) {
      return behind.create(name, existing);
    }

    @Override
    public void delete(String name) {
      behind.delete(name);
    }

    @Override
    public void verifyReading() {
      behind.verifyReading();
    }

    @Override
    public void close() {}
  }
}
