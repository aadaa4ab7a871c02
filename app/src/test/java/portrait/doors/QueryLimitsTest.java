package portrait.doors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.app.Configuration;
import portrait.doors.http.QueryLimits;
import portrait.doors.http.Routes;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.warehouse.WarehouseSettings;

/// What open-ended questions may cost.
class QueryLimitsTest {

  /// Every route whose handler asks the warehouse for as much as the caller likes.
  private static final List<String> OPEN_ENDED = List.of("GET /api/v1/consents", "GET /api/v1/households",
      "GET /api/v1/measures/{name}/values", "GET /api/v1/segments/values", "GET /api/v1/segments/{name}/differences",
      "GET /api/v1/segments/{name}/estimate", "GET /api/v1/segments/{name}/overlap",
      "GET /api/v1/tables/{table}/refused", "GET /api/v1/tables/{table}/rows", "GET /api/v1/unification/pair",
      "GET /consent", "GET /households", "GET /measures/{name}", "GET /measures/{name}.csv", "GET /policies",
      "GET /segments/new", "GET /segments/quick", "GET /segments/{name}", "GET /segments/{name}.csv",
      "GET /segments/{name}/edit", "GET /tables/{table}", "GET /unify/difference", "GET /unify/likely",
      "GET /unify/pair", "GET /unify/rule", "POST /api/v1/policies/preview", "POST /api/v1/segments/estimate",
      "POST /api/v1/unification/difference", "POST /api/v1/unification/preview", "POST /mcp", "POST /policies",
      "POST /segments/estimate", "POST /segments/new", "POST /segments/{name}/edit", "POST /unify/likely",
      "POST /unify/rule");

  private static final List<String> FILES = List.of("/segments/everybody.csv", "/measures/seen.csv");

  @TempDir
  Path home;

  @Test
  void whatMayCostMuchIsBounded() {
    try (var portrait = TestPortrait.of(new Configuration(home, "127.0.0.1", 0, TestDatabases.sqlite(home),
        WarehouseSettings.inMemory()).with(new QueryLimits(Duration.ofMinutes(5), 2)))) {
      assertEquals(String.join("\n", new TreeSet<>(OPEN_ENDED)), portrait.parts().routes().stream()
          .filter(route -> route.access().isOpenEnded()).map(QueryLimitsTest::name).sorted()
          .collect(Collectors.joining("\n")));

      portrait.apply("""
          kind: Segment
          name: everybody
          spec: {title: Everybody, where: "Known = true"}
          ---
          kind: Measure
          name: seen
          spec: {title: Seen, aggregate: count, event: Seen}
          """);
      customers(portrait, 2);
      for (String file : FILES) {
        assertEquals(3, portrait.exchange("GET", file, "").body().lines().count(), file);
      }
      customers(portrait, 3);
      for (String file : FILES) {
        var refused = portrait.exchange("GET", file, "");
        assertEquals(413, refused.statusCode(), refused.body());
        assertTrue(refused.body().contains("more than 2 rows"), refused.body());
      }
    }
  }

  private static String name(Routes.Route route) {
    return route.method() + " " + route.path();
  }

  private static void customers(TestPortrait portrait, int count) {
    for (int number = 0; number < count; number++) {
      portrait.collect("/v1/identify", "{\"userId\": \"u%d\"}".formatted(number));
    }
    portrait.refresh();
  }
}
