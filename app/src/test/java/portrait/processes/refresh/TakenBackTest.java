package portrait.processes.refresh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;
import tools.jackson.databind.JsonNode;

/// Rows that are taken in at once, and taken back by the files that the next refresh reads: the tables are as the refresh
/// before left them, so only what the refresh did in the profile store tells whom it concerns.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class TakenBackTest {

  private static final String DEFINITIONS = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: contacts, path: contacts.csv, key: id, columns: [
              { name: id, type: string }, { name: name, type: string },
              { name: email, type: string, identity: email }, { name: login, type: string, identity: user_id } ] }
          - { name: loyalty, path: loyalty.csv, key: card, columns: [
              { name: card, type: string }, { name: mail, type: string }, { name: points, type: integer } ] }
      ---
      kind: Unification
      name: customers
      spec:
        tables:
          - { table: shop.contacts, attributes: { name: name, email: email } }
          - { table: shop.loyalty, attributes: { points: points } }
        rules:
          - { name: same mail, left: shop.loyalty, right: shop.contacts,
              conditions: [ { left: mail, right: email, normalise: [ lowercase, whitespace ] } ] }
      ---
      kind: Segment
      name: rich
      spec: { where: "points > 50" }
      """;

  @TempDir
  Path home;
  @Parameter
  TestDatabases.Product product;
  private TestPortrait portrait;
  private JsonNode before;

  @BeforeEach
  void open() throws IOException {
    Files.writeString(home.resolve("contacts.csv"),
        "id,name,email,login\n1,Ann,ann@example.com,ann\n2,Bob,bob@example.com,bob\n");
    Files.writeString(home.resolve("loyalty.csv"), "card,mail,points\nc1,ann@example.com,10\nc2,bob@example.com,20\n");
    portrait = TestPortrait.in(home, product.settings(home));
    portrait.apply(DEFINITIONS);
    portrait.refresh();
    portrait.rollOut();
    before = ann();
    assertEquals(10, before.path("attributes").path("points").asInt());
    assertEquals(before, portrait.get("/api/v1/profiles/shop.loyalty/c1"));
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @Test
  void whoIsAsTheRefreshBeforeSawThemIsPublishedLikeThat() {
    load("c1,nobody@example.com,99");
    assertTrue(ann().path("attributes").path("points").isMissingNode(), "the card is somebody else's");
    var other = portrait.get("/api/v1/profiles/shop.loyalty/c1");
    assertNotEquals(before.path("customerId"), other.path("customerId"));
    assertEquals("rich", other.path("segments").path(0).asString());

    assertEquals(List.of(), portrait.rebuild(false));
    assertEquals(other, portrait.get("/api/v1/profiles/shop.loyalty/c1"), "a rebuild does not go back either");
    portrait.refresh();
    assertIsAsBefore();
  }

  @Test
  void aRowThatOnlySaidSomethingElseIsPublishedAgain() {
    load("c1,ann@example.com,99");
    assertEquals("rich", ann().path("segments").path(0).asString());

    portrait.refresh();
    assertIsAsBefore();
  }

  @Test
  void aRefreshAfterOneThatStoppedBeforeItPublishedPublishesEverybody() {
    load("c1,nobody@example.com,99");
    for (String task : List.of("sources", "unification")) {
      portrait.parts().jobs().await(portrait.parts().refresh().start(Optional.of(task), "test"));
    }
    portrait.refresh();
    assertIsAsBefore();
  }

  private JsonNode ann() {
    return portrait.get("/api/v1/profiles/user_id/ann");
  }

  private void load(String row) {
    portrait.pass(Duration.ofMinutes(1));
    var loaded = portrait.exchange("POST", "/api/v1/tables/shop.loyalty/load", "card,mail,points\n" + row + "\n",
        Map.of("Content-Type", "application/octet-stream"));
    assertTrue(loaded.body().contains("\"takenIn\":1"), loaded.body());
    portrait.pass(Duration.ofMinutes(1));
  }

  private void assertIsAsBefore() {
    var now = ann();
    for (String part : List.of("customerId", "attributes", "segments")) {
      assertEquals(before.path(part), now.path(part));
    }
    assertEquals(now, portrait.get("/api/v1/profiles/shop.loyalty/c1"));
    assertEquals(List.of(), portrait.rebuild(true));
  }
}
