package portrait.doors.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.warehouse.Sql;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Merge policies as their users meet them, over HTTP.
class PolicyRoutesTest {

  private static final String NEWEST = """
      kind: MergePolicy
      name: newest
      spec: { title: The newest wins, rule: most_recent }
      """;

  @TempDir
  private Path home;
  private TestPortrait portrait;

  @BeforeEach
  void fill() throws IOException {
    portrait = TestPortrait.in(home);
    Files.writeString(home.resolve("crm.csv"),
        "id,email,name,city,seen\n1,ann@example.com,Ann,Lyon,2026-01-01 00:00:00\n");
    Files.writeString(home.resolve("club.csv"),
        "card,email,name,city,seen\nA,ann@example.com,Annie,Paris,2026-06-01 00:00:00\n");
    portrait.apply("""
        kind: Source
        name: shop
        spec:
          tables:
            - { name: crm, path: crm.csv, key: id, updated: seen, columns: [ { name: id, type: string }, { name: email, type: string, identity: email }, { name: name, type: string }, { name: city, type: string }, { name: seen, type: timestamp } ] }
            - { name: club, path: club.csv, key: card, updated: seen, columns: [ { name: card, type: string }, { name: email, type: string, identity: email }, { name: name, type: string }, { name: city, type: string }, { name: seen, type: timestamp } ] }
        ---
        kind: Unification
        name: customers
        spec: { tables: [ { table: shop.crm }, { table: shop.club } ] }
        """);
    portrait.refresh();
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @Test
  void aPolicyThatIsOnlyProposedIsComparedOnRealCustomersAndChangesNothing() {
    var preview = preview(JsonMapper.shared().createObjectNode().put("policy", "newest").put("definitions", NEWEST)
        .put("namespace", "email").put("value", "ann@example.com").toString());

    assertEquals(List.of("unification", "newest"),
        preview.path("policies").valueStream().map(JsonNode::asString).toList());
    var city = preview.at("/customers/0/attributes").valueStream()
        .filter(row -> row.path("name").asString().equals("city")).findFirst().orElseThrow();
    assertTrue(city.path("differs").asBoolean());
    assertEquals("Lyon shop.crm", said(city.at("/values/0")));
    assertEquals("Paris shop.club", said(city.at("/values/1")));
    assertEquals("Lyon", portrait.get("/api/v1/profiles/email/ann@example.com").at("/attributes/city").asString());
    assertEquals(1, portrait.get("/api/v1/policies").path("policies").size());
  }

  @Test
  void theCustomersSeenLastAreComparedWhenNobodyIsNamed() {
    portrait.apply(NEWEST);
    var preview = preview("{\"policy\": \"newest\"}");

    assertEquals(1, preview.path("examined").asInt());
    assertEquals(1, preview.path("different").asInt());
    assertEquals(1, preview.at("/attributes/city").asInt());
    assertEquals(404, portrait.exchange("POST", "/api/v1/policies/preview", "{\"policy\": \"nobody\"}").statusCode());
  }

  @Test
  void aLookUpCanAskForAPolicyAndTheDefaultCountsForEverybodyAfterARefresh() {
    portrait.apply(NEWEST);
    String address = "/api/v1/profiles/email/ann@example.com";
    assertEquals("Lyon", portrait.get(address).at("/attributes/city").asString());
    assertEquals("Paris", portrait.get(address + "?policy=newest").at("/attributes/city").asString());
    assertEquals("Lyon", portrait.get(address + "?policy=unification").at("/attributes/city").asString());

    portrait.apply(NEWEST.replace("rule:", "default: true, rule:"));
    portrait.refresh();

    assertEquals("Paris", portrait.get(address).at("/attributes/city").asString());
    assertEquals("Paris", portrait.parts().warehouse()
        .read(session -> session.first(Sql.of("SELECT city FROM \"Customer\""), row -> row.text(1)).orElseThrow()));
    assertEquals("newest", portrait.get("/api/v1/policies").at("/policies/0/name").asString());
  }

  @Test
  void twoDefaultsAreRefused() {
    portrait.apply(NEWEST.replace("rule:", "default: true, rule:"));
    var refused = portrait.exchange("POST", "/api/v1/definitions",
        NEWEST.replace("name: newest", "name: other").replace("rule:", "default: true, rule:"));

    assertEquals(400, refused.statusCode());
    assertTrue(refused.body().contains("newest is the default"), refused.body());
  }

  private static String said(JsonNode value) {
    return value.path("value").asString() + " " + value.path("source").asString();
  }

  private JsonNode preview(String body) {
    return JsonMapper.shared().readTree(portrait.exchange("POST", "/api/v1/policies/preview", body).body());
  }
}
