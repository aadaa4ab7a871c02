package portrait.stages.consent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A word about consent means the same wherever it comes from.
class StatusTest {

  private static final Warehouse WAREHOUSE = Warehouse.open(WarehouseSettings.inMemory());

  @AfterAll
  static void close() {
    WAREHOUSE.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "TRUE", " yes ", "Y", "1", "1.0", "granted", "Opt-In", "opted_in", "oui", "false",
      "no", "0", "n", "denied", "withdrawn", "pending", "maybe", "unknown", "none", "U", "🙂"})
  void aColumnIsReadAsAMessageIs(String word) {
    var inSql = WAREHOUSE.read(session -> session.first(
        Sql.format("SELECT {}", Status.of(Sql.of("CAST(? AS VARCHAR)", word))), row -> row.text(1))).orElseThrow();

    assertEquals(Status.of(word).text(), inSql);
  }

  @Test
  void columnsOfOtherTypesHaveATextToo() {
    assertEquals("granted denied granted", WAREHOUSE.read(session -> session.first(
        Sql.format("SELECT concat_ws(' ', {}, {}, {}, {}, {})", Status.of(Sql.of("true")), Status.of(Sql.of("0")),
            Status.of(Sql.of("CAST(1 AS DOUBLE)")), Status.of(Sql.of("CAST(NULL AS BOOLEAN)")),
            Status.of(Sql.of("'  '"))),
        row -> row.text(1))).orElseThrow(), "an empty field says nothing");
  }

  @Test
  void whatIsNotUnderstoodIsNoConsent() {
    assertEquals(Status.DENIED, Status.of("pending double opt-in"));
    assertEquals(Status.UNKNOWN, Status.of((Object) null));
    assertEquals(Status.GRANTED, Status.of(true));
  }

  @Test
  void librariesNameCategoriesAndTraitsNamePurposes() {
    var context = (ObjectNode) JsonMapper.shared().readTree(
        """
        {"consent": {"categoryPreferences": {"Advertising & Co": true, "C0002": "false", "": true, "odd": {"a": 1}}}}""");

    assertEquals(
        Map.of("consent.advertising---co", "granted", "consent.c0002", "denied", "consent.newsletter", "denied",
            "city", "Lyon"),
        Consent.said(Map.of("consent.Newsletter", "no", "city", "Lyon"), context));
  }
}
