package portrait.foundation.filesets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.foundation.files.FileStore;
import portrait.foundation.files.Place;
import portrait.foundation.filesets.FileSets.Content;
import portrait.foundation.filesets.Layout.Compression;
import portrait.foundation.filesets.Layout.Format;
import portrait.foundation.filesets.Layout.Index;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FileSetsTest {

  private static final Instant NOW = Instant.parse("2026-11-22T14:05:09Z");
  private static final UUID RUN = UUID.fromString("0a1b2c3d-0000-4000-8000-000000000000");
  private static final Sql CUSTOMERS = Sql.of("""
      SELECT * FROM (VALUES
        (1, 'Zoé, "Zo"', TIMESTAMP '2026-01-02 03:04:05', true, ['a', 'b'], 1.5),
        (2, '=cmd|A1', NULL, false, [], NULL),
        (3, '+33 1 23', NULL, NULL, NULL, -2))
        AS t(id, name, seen, vip, tags, revenue) ORDER BY id""");

  @TempDir
  private Path folder;
  private Warehouse warehouse;
  private FileStore store;

  @BeforeEach
  void open() {
    warehouse = Warehouse.open(WarehouseSettings.inMemory());
    store = FileStore.open(new Place.Disk(folder.resolve("out")));
  }

  @AfterEach
  void close() {
    store.close();
    warehouse.close();
  }

  @Test
  void csvIsWhatSpreadsheetsAndProgramsRead() throws IOException {
    write(layout(Format.CSV, Compression.NONE, 10), new Content("Customer", CUSTOMERS));

    assertEquals("""
        id,name,seen,vip,tags,revenue
        1,"Zoé, ""Zo""\",2026-01-02T03:04:05.000000Z,true,"[""a"",""b""]",1.5
        2,'=cmd|A1,,false,[],
        3,+33 1 23,,,,-2.0
        """, read("vips/20261122T140509Z-0a1b2c3d/Customer_1.csv"));
  }

  @Test
  void aFormulaIsLeftAloneForPrograms() throws IOException {
    var layout = new Layout(Format.CSV, Compression.NONE, folderTemplate(), fileTemplate(), 10, false, Index.MANIFEST);
    write(layout, new Content("Customer", CUSTOMERS));

    assertTrue(read("vips/20261122T140509Z-0a1b2c3d/Customer_1.csv").contains("\n2,=cmd|A1,"));
  }

  @Test
  void jsonLinesKeepTypes() throws IOException {
    write(layout(Format.JSON_LINES, Compression.NONE, 10), new Content("Customer", CUSTOMERS));

    assertEquals("""
        {"id":1,"name":"Zoé, \\"Zo\\"","seen":"2026-01-02T03:04:05.000000Z","vip":true,"tags":["a","b"],"revenue":1.5}
        {"id":2,"name":"=cmd|A1","seen":null,"vip":false,"tags":[],"revenue":null}
        {"id":3,"name":"+33 1 23","seen":null,"vip":null,"tags":null,"revenue":-2.0}
        """, read("vips/20261122T140509Z-0a1b2c3d/Customer_1.jsonl"));
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void everyFormatIsReadBackAsItWas(Compression compression) {
    for (var format : Format.values()) {
      var set = write(layout(format, compression, 400),
          new Content("Numbers", Sql.of("SELECT range AS id, 'n' || range AS name FROM range(1000) ORDER BY range")));

      assertEquals(List.of(400L, 400L, 200L), set.parts().stream().map(FileSet.Part::rows).toList());
      String reader = switch (format) {
        case CSV -> "read_csv";
        case JSON_LINES -> "read_json";
        case PARQUET -> "read_parquet";
      };
      var sums = warehouse.read(session -> session.query(Sql.of(
          "SELECT count(*) || ' ' || sum(id) || ' ' || max(name) FROM %s(?)".formatted(reader),
          folder.resolve("out/vips/20261122T140509Z-0a1b2c3d/Numbers_*" + layout(format, compression, 1).ending())
              .toString()),
          row -> row.text(1)));
      assertEquals(List.of("1000 499500 n999"), sums, format + " " + compression);
    }
  }

  @Test
  void gzipIsGzip() throws IOException {
    write(layout(Format.CSV, Compression.GZIP, 10), new Content("Customer", CUSTOMERS));

    var file = folder.resolve("out/vips/20261122T140509Z-0a1b2c3d/Customer_1.csv.gz");
    try (var in = new GZIPInputStream(Files.newInputStream(file))) {
      assertTrue(new String(in.readAllBytes()).startsWith("id,name,"));
    }
  }

  @Test
  void theManifestIsLastAndSaysWhatIsWhole() throws Exception {
    var order = new ArrayList<String>();
    try (var watched = new WatchedStore(store, order)) {
      sets().write(List.of(new Content("Customer", CUSTOMERS), new Content("Empty",
          Sql.of("SELECT 1 AS x WHERE false"))), layout(Format.CSV, Compression.NONE, 2), run(), watched, "disk",
          () -> {});
    }

    assertEquals(List.of("Customer_1.csv", "Customer_2.csv", "Empty_1.csv", "manifest.json"), order);
    var manifest = json("vips/20261122T140509Z-0a1b2c3d/manifest.json");
    assertEquals(3, manifest.path("rows").asInt());
    assertEquals("[{\"name\":\"id\",\"type\":\"integer\"},{\"name\":\"name\",\"type\":\"string\"},"
        + "{\"name\":\"seen\",\"type\":\"timestamp\"},{\"name\":\"vip\",\"type\":\"boolean\"},"
        + "{\"name\":\"tags\",\"type\":\"json\"},{\"name\":\"revenue\",\"type\":\"number\"}]",
        manifest.path("tables").get(0).path("columns").toString());
    for (var file : manifest.path("files")) {
      var bytes = Files
          .readAllBytes(folder.resolve("out/vips/20261122T140509Z-0a1b2c3d").resolve(file.path("name").asString()));
      assertEquals(bytes.length, file.path("bytes").asInt());
      assertEquals(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)),
          file.path("sha256").asString());
    }
  }

  @Test
  void aRunThatIsCutShortHasNoManifestAndTheOldModelStays() throws IOException {
    var layout = new Layout(Format.CSV, Compression.NONE,
        NameTemplate.of("folder", "{export}/Customer/{yyyy}/{MM}/{dd}/{HH}{mm}", Layout.FOLDER_NAMES), fileTemplate(),
        2,
        true, Index.MODEL);
    write(layout, new Content("Customer", CUSTOMERS));
    String before = read("vips/model.json");
    var parts = new int[1];
    assertThrows(IllegalStateException.class, () -> sets().write(List.of(new Content("Customer", CUSTOMERS)), layout,
        new FileSets.Run("vips", UUID.randomUUID(), NOW.plusSeconds(3600), true), store, "disk", () -> {
          if (++parts[0] == 3) {
            throw new IllegalStateException("killed");
          }
        }));

    assertEquals(before, read("vips/model.json"));
    assertTrue(Files.list(folder.resolve("scratch")).toList().isEmpty(), "nothing stays on the way");
    var entity = json("vips/model.json").path("entities").get(0);
    assertEquals("Customer", entity.path("name").asString());
    assertEquals("disk/vips/Customer/2026/11/22/1405/Customer_1.csv",
        entity.path("partitions").get(0).path("location").asString());
    assertEquals("double", entity.path("attributes").get(5).path("dataType").asString());
  }

  @Test
  void namesThatWouldMeetAreRefused() {
    var layout = new Layout(Format.CSV, Compression.NONE, folderTemplate(),
        NameTemplate.of("file", "{table}", Layout.FILE_NAMES), 2, true, Index.MANIFEST);
    var refused = assertThrows(ProblemException.class, () -> write(layout, new Content("Customer", CUSTOMERS)));
    assertEquals(Problem.Code.INVALID_DEFINITION, refused.problem().code());

    for (String wrong : List.of("{export}/../{run}", "/x", "a//b", "{hour}", "a?b", "x/")) {
      assertThrows(ProblemException.class, () -> NameTemplate.of("folder", wrong, Layout.FOLDER_NAMES), wrong);
    }
  }

  @Test
  void whatAKilledProcessLeftIsCleared() throws IOException {
    Files.createDirectories(folder.resolve("scratch/old"));
    Files.writeString(folder.resolve("scratch/old/whole.parquet"), "x");
    sets();
    assertFalse(Files.exists(folder.resolve("scratch/old")));
  }

  private FileSet write(Layout layout, Content content) {
    return sets().write(List.of(content), layout, run(), store, "disk", () -> {});
  }

  private FileSets sets() {
    return new FileSets(warehouse, folder.resolve("scratch"));
  }

  private static FileSets.Run run() {
    return new FileSets.Run("vips", RUN, NOW, true);
  }

  private static Layout layout(Format format, Compression compression, int rows) {
    return new Layout(format, compression, folderTemplate(), fileTemplate(), rows, true, Index.MANIFEST);
  }

  private static NameTemplate folderTemplate() {
    return NameTemplate.of("folder", "{export}/{yyyy}{MM}{dd}T{HH}{mm}{ss}Z-{run}", Layout.FOLDER_NAMES);
  }

  private static NameTemplate fileTemplate() {
    return NameTemplate.of("file", "{table}_{part}", Layout.FILE_NAMES);
  }

  private String read(String name) throws IOException {
    return Files.readString(folder.resolve("out").resolve(name));
  }

  private JsonNode json(String name) throws IOException {
    return JsonMapper.shared().readTree(read(name));
  }

  /// Writes down in which order files are begun.
  private record WatchedStore(FileStore behind, List<String> order) implements FileStore {
    @Override
    public void list(String prefix, java.util.function.Consumer<portrait.foundation.files.StoredFile> use) {
      behind.list(prefix, use);
    }

    @Override
    public java.util.Optional<portrait.foundation.files.StoredFile> find(String name) {
      return behind.find(name);
    }

    @Override
    public java.io.InputStream read(String name) {
      return behind.read(name);
    }

    @Override
    public portrait.foundation.files.Upload create(String name, Existing existing) {
      order.add(name.substring(name.lastIndexOf('/') + 1));
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
