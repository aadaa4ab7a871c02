package portrait.processes.refresh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.app.Configuration;
import portrait.app.Wiring;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.jobs.Status;
import portrait.foundation.model.Identity;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.sources.LoadListener;
import portrait.stages.sources.LoadMode;

/// A real file from the outside, through the whole product: what Portrait says about its customers agrees with queries
/// written by hand. It lies in the folder that the variable `PORTRAIT_DATA` names, or in `../shared/data`; the test is
/// skipped where it is absent.
class OnlineRetailTest {

  private static final String QUESTIONS = """
      kind: Measure
      name: revenue
      spec: { title: Revenue, aggregate: sum, of: quantity * price, event: Product Bought, default: 0 }
      ---
      kind: Segment
      name: bought-three-times
      spec:
        title: Bought at least 3 times in 30 days
        where: { event: Product Bought, where: quantity > 0, within: 30d, count: { at_least: 3 } }
      """;

  @Test
  void revenueAndMembersAgreeWithQueriesByHand(@TempDir Path home) throws IOException {
    var file = Path.of(System.getenv().getOrDefault("PORTRAIT_DATA", "../../shared/data"))
        .resolve("online-retail/purchases-2010-12_2011-01.csv.gz");
    assumeTrue(Files.exists(file), "no " + file);
    var configuration = new Configuration(home, "127.0.0.1", 0,
        new DatabaseSettings.Sqlite(home.resolve("portrait.db")), WarehouseSettings.inMemory());
    try (
        var portrait = Wiring.open(configuration, Clock.fixed(Instant.parse("2011-01-31T20:00:00Z"), ZoneOffset.UTC))) {
      portrait.definitions().apply(Files.readString(Path.of("../examples/online-retail/online-retail.yaml")), "test");
      portrait.definitions().apply(QUESTIONS, "test");
      portrait.sources().load("retail.lines", List.of(file), LoadMode.REPLACE, LoadListener.silent());

      var job = portrait.jobs().await(portrait.refresh().start(Optional.empty(), "test"));
      assertEquals(Status.DONE, job.status(), () -> job.toString());
      assertTrue(job.tasks().get(1).note().contains("lines without customer: "), () -> job.tasks().get(1).note());

      assertEquals(rows(portrait, "SELECT count(*) FROM retail_lines"), rows(portrait, """
          SELECT (SELECT count(*) FROM "UnifiedActivity") + (SELECT count(*) FROM retail_lines_unassigned)"""));
      assertEquals(rows(portrait, """
          SELECT CAST("CustomerID" AS BIGINT), round(sum("Quantity" * "UnitPrice"), 2) FROM retail_lines
          WHERE "CustomerID" IS NOT NULL GROUP BY 1 ORDER BY 1"""), rows(portrait, """
          SELECT CAST(value AS BIGINT), round(revenue, 2) FROM "Customer_Measure" JOIN _identity_assignment
          ON customer = "CustomerId" WHERE namespace = 'customer_id' ORDER BY 1"""));
      var members = rows(portrait, """
          SELECT CAST("CustomerID" AS BIGINT) FROM retail_lines WHERE "CustomerID" IS NOT NULL AND "Quantity" > 0
            AND "InvoiceDate" > TIMESTAMP '2011-01-01 20:00:00' AND "InvoiceDate" <= TIMESTAMP '2011-01-31 20:00:00'
          GROUP BY 1 HAVING count(*) >= 3 ORDER BY 1""");
      assertEquals(members, rows(portrait, """
          SELECT CAST(value AS BIGINT) FROM "SegmentMembership" JOIN _identity_assignment ON customer = "CustomerId"
          WHERE namespace = 'customer_id' AND "Segment" = 'bought-three-times' ORDER BY 1"""));
      assertEquals(members.size(), portrait.database().read(portrait.segments()::sizes).get("bought-three-times"));
      for (String row : rows(portrait, """
          SELECT CAST("CustomerID" AS BIGINT), sum("Quantity" * "UnitPrice") FROM retail_lines
          WHERE "CustomerID" IS NOT NULL GROUP BY 1 ORDER BY 1 LIMIT 20""")) {
        var found = portrait.live().find(new Identity("customer_id", row.split(" ")[0])).orElseThrow();
        assertEquals(Double.parseDouble(row.split(" ")[1]), (Double) found.measures().get("revenue"), 0.005);
      }
    }
  }

  private static List<String> rows(Wiring portrait, String sql) {
    return portrait.warehouse().read(session -> session.query(Sql.of(sql), row -> {
      var values = new ArrayList<String>();
      for (int column = 1; column <= row.columns(); column++) {
        values.add(String.valueOf(row.value(column)));
      }
      return String.join(" ", values);
    }));
  }
}
