package portrait.stages.sources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files as they are found in the world. The large ones are not part of the repository: they are looked for in the
/// folder that the system property `portrait.data` or the variable `PORTRAIT_DATA` names, or in `../shared/data`.
class RealFilesTest {

  @TempDir
  Path folder = Path.of("");
  @SuppressWarnings("NullAway.Init")
  private SourcesFixture house;

  @BeforeEach
  void open() {
    house = new SourcesFixture(folder);
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void aSampleOfOnlineRetailIsLoaded() throws IOException {
    defineRetail();
    var sample = house.file("sample.csv", new String(Objects
        .requireNonNull(RealFilesTest.class.getResourceAsStream("online-retail-sample.csv")).readAllBytes(),
        StandardCharsets.UTF_8));
    assertEquals(new LoadResult(60, 60, 0, 0, 60, 0, false), house.load("retail.lines", sample));
    assertEquals(List.of(List.of("60", "51", "-32", "3")), house.query("""
        SELECT count(*), count(CustomerID), sum(Quantity) FILTER (WHERE Quantity < 0),
          count(DISTINCT InvoiceNo) FILTER (WHERE InvoiceNo LIKE 'C%') FROM retail_lines"""));
  }

  @Test
  void onlineRetailIsLoadedAsItIs() throws IOException {
    var file = data("online-retail/purchases-2010-12_2011-01.csv.gz");
    defineRetail();
    assertEquals(new LoadResult(77_628, 77_628, 0, 0, 77_628, 0, false), house.load("retail.lines", file));
    var byHand = house.query("""
        SELECT count(*), count(CustomerID), count(DISTINCT try_cast(CustomerID AS DOUBLE)),
          count(*) FILTER (WHERE starts_with(InvoiceNo, 'C')), sum(try_cast(Quantity AS INTEGER)),
          round(sum(try_cast(Quantity AS INTEGER) * try_cast(UnitPrice AS DOUBLE)) FILTER (WHERE CustomerID IS NOT NULL), 2)
        FROM read_csv('%s', all_varchar = true, header = true)""".formatted(file));
    assertEquals(byHand, house.query(
        """
        SELECT count(*), count(CustomerID), count(DISTINCT CustomerID), count(*) FILTER (WHERE InvoiceNo LIKE 'C%'),
          sum(Quantity), round(sum(Quantity * UnitPrice) FILTER (WHERE CustomerID IS NOT NULL), 2) FROM retail_lines"""));
    assertTrue(house.load("retail.lines", file).skippedAsSeen());
  }

  @Test
  void personsOfEveryShapeAreRecognised() {
    var discovery = house.sources.discover(data("entity-resolution/synthetic_customers/crm.csv"));
    assertEquals(
        List.of("rec_id string ", "first_name string Person.FirstName", "last_name string Person.LastName",
            "email string Identity.Service.Email", "phone string Identity.Service.Phone",
            "birth_date string Person.BirthDate", "street string Location.Address",
            "postcode string Location.PostalCode", "city string Location.City", "updated_at date "),
        discovery.columns().stream()
            .map(column -> column.name() + " " + column.type().text() + " " + column.semantic().orElse("")).toList());
    assertEquals(List.of("rec_id"), discovery.key());
    assertEquals("updated_at", discovery.updated().orElseThrow());
  }

  @Test
  void whatIsDiscoveredCanBeAppliedAndLoaded() throws IOException {
    Path root = data("entity-resolution");
    try (var files = Files.list(root)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".csv")).sorted().toList()) {
        String table = file.getFileName().toString().replace(".csv", "");
        var discovery = house.sources.discover(file);
        house.definitions.apply(discovery.yaml("set_" + table, table), "test");
        long rows = Files.size(file) == 0 ? 0
            : house.query("""
            SELECT count(*) FROM read_csv('%s', all_varchar = true, header = true, quote = '"', delim = ',')"""
                .formatted(file)).getFirst().getFirst().transform(Long::parseLong);
        var result = house.load("set_%s.%s".formatted(table, table), file);
        assertEquals(rows, result.rowsRead(), table);
        assertEquals(0, result.rowsRefused(), () -> table + ": " + house.refused("set_%s.%s".formatted(table, table)));
      }
    }
  }

  private void defineRetail() throws IOException {
    String yaml = Files.readString(Path.of("..", "examples", "online-retail", "online-retail.yaml"));
    house.definitions.apply(yaml.substring(0, yaml.indexOf("\n---")), "test");
  }

  private static Path data(String name) {
    String root = System.getProperty("portrait.data",
        System.getenv().getOrDefault("PORTRAIT_DATA", "../../shared/data"));
    Path file = Path.of(root).resolve(name).toAbsolutePath().normalize();
    Assumptions.assumeTrue(Files.exists(file),
        () -> "%s is not here: set PORTRAIT_DATA to the folder that holds %s".formatted(file, name));
    return file;
  }
}
