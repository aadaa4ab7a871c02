package portrait.stages.unification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.jobs.Status;
import portrait.foundation.warehouse.Sql;
import portrait.processes.refresh.Refresh;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The unification as its users drive it.
class UnifyTest {

  private static final String DEFINITIONS = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: contacts, path: contacts.csv, key: id, columns: [
              { name: id, type: string }, { name: name, type: string }, { name: city, type: string } ] }
          - { name: loyalty, path: loyalty.csv, key: card, columns: [
              { name: card, type: string }, { name: name, type: string }, { name: town, type: string } ] }
      ---
      kind: Unification
      name: customers
      spec:
        tables:
          - { table: shop.contacts, attributes: { name: name, city: city } }
          - { table: shop.loyalty, attributes: { name: name, city: town } }
        rules:
          - { name: same name and city, left: shop.loyalty, right: shop.contacts,
              conditions: [ { column: name }, { left: town, right: city } ] }
      """;
  private static final String ROUGH = """
      {"rule": {"name": "alike", "left": "shop.loyalty", "right": "shop.contacts",
        "conditions": [{"left": "town", "right": "city"}, {"column": "name", "normalise": ["lowercase"], "precision": "80"}]}}""";

  @TempDir
  Path home;
  private TestPortrait portrait;

  @BeforeEach
  void fill() throws IOException {
    write("contacts.csv", "id,name,city", "1,Marie Dupont,Lyon", "2,Paul Durand,Lyon", "3,Eve Martin,Paris");
    write("loyalty.csv", "card,name,town", "A,Marie Dupont,Lyon", "B,Paul Durant,Lyon", "C,Zoé Petit,Nice");
    portrait = TestPortrait.in(home);
    portrait.apply(DEFINITIONS);
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @Test
  void aRuleIsTriedBeforeItIsSaved() {
    portrait.refresh();

    var preview = post("/api/v1/unification/preview", ROUGH);

    assertEquals(3, preview.path("records").asLong());
    assertEquals(2, preview.path("matched").asLong());
    assertEquals(1, preview.path("unmatched").asLong());
    assertEquals(4, preview.path("compared").asLong(), "the two of Lyon with the two of Lyon");
    assertEquals(4, sum(preview.path("histogram")));
    assertEquals(1, preview.path("histogram").get(19).asLong());
    var weakest = preview.path("samples").get(0);
    assertEquals("2", weakest.path("one").asString());
    assertEquals("B", weakest.path("other").asString());
    assertEquals(10 / 11.0, weakest.path("score").asDouble());
    assertEquals("paul durant", weakest.path("conditions").get(1).path("leftValue").asString());
    assertEquals(5, portrait.get("/api/v1/unification").path("matching").path("unique").asLong(), "nothing changed");
    assertEquals(400, portrait.exchange("POST", "/api/v1/unification/preview",
        ROUGH.replace("\"column\": \"name\"", "\"column\": \"nothing\"")).statusCode());
  }

  @Test
  void matchingAloneCountsAndChangesNobody() {
    portrait.refresh();
    var before = customers();
    portrait.apply(DEFINITIONS.replace("same name and city", "alike").replace("{ column: name }",
        "{ column: name, precision: high }"));

    run(Refresh.Scope.MATCHING);

    var matching = portrait.get("/api/v1/unification").path("matching");
    assertEquals(6, matching.path("records").asLong());
    assertEquals(4, matching.path("unique").asLong());
    assertEquals(2, matching.path("matched").asLong());
    assertEquals("alike", matching.path("rules").get(0).path("rule").asString());
    assertEquals(2, matching.path("rules").get(0).path("pairs").asLong());
    assertEquals(2, matching.path("between").get(0).path("matched").asLong());
    assertEquals(before, customers());
    run(Refresh.Scope.CUSTOMERS);
    assertEquals(before.size() - 1, customers().size());
    assertEquals("{\"customers\":4,\"new\":0,\"merged\":1,\"split\":0,\"gone\":0}", changes());
  }

  @Test
  void whatChangedSinceTheRunBeforeIsCounted() throws IOException {
    portrait.refresh();
    assertEquals("{\"customers\":5,\"new\":5,\"merged\":0,\"split\":0,\"gone\":0}", changes());

    write("loyalty.csv", "card,name,town", "A,Marie Dupond,Lyon", "B,Paul Durand,Lyon", "D,New One,Nice");
    portrait.refresh();

    assertEquals("{\"customers\":5,\"new\":1,\"merged\":1,\"split\":1,\"gone\":1}", changes());
    assertEquals(List.of("gone", "merged", "new", "split"), portrait.parts().warehouse().read(session -> session.query(
        Sql.of("SELECT \"Change\" FROM \"CustomerChange\" ORDER BY 1"), row -> row.text(1))));
  }

  @Test
  void duplicatesOfATableBecomeOneRowPutTogetherAsPreferred() throws IOException {
    write("contacts.csv", "id,name,city,email,seen", "1,Marie,Lyon,old@example.com,2024-01-01",
        "2,Marie,,new@example.com,2025-01-01", "3,marie,Lyon,,2023-01-01", "4,Paul,Nice,,2022-01-01");
    portrait.apply("""
        kind: Source
        name: shop
        spec: { tables: [ { name: contacts, path: contacts.csv, key: id, columns: [
          { name: id }, { name: name }, { name: city }, { name: email, identity: email }, { name: seen, type: date } ] } ] }
        ---
        kind: Unification
        name: customers
        spec:
          tables:
            - table: shop.contacts
              deduplicate: { winner: least_recent, by: seen, columns: { email: { winner: most_recent, by: seen }, city: most_filled } }
          rules:
            - { name: same name, left: shop.contacts, right: shop.contacts,
                conditions: [ { column: name, normalise: [ lowercase ] } ] }
        """);

    portrait.refresh();

    assertEquals(List.of("marie Lyon new@example.com 3 1;2", "Paul Nice null 4 null"), rows("""
        SELECT name, city, email, shop_contacts_id, "shop_contacts_id_Alternate" FROM "Customer" ORDER BY 4"""));
    assertEquals(List.of("1 null 1 same name 1.0 3", "2 null 1 same name 1.0 3", "3 1;2 1 same name 1.0 3",
        "4 null 4 null null 4"), rows("""
            SELECT id, "id_Alternate", "Deduplication_GroupId", "Rule", "Score", "Deduplication_WinnerId"
            FROM "Deduplication_shop_contacts" ORDER BY id"""));
    var live = portrait.get("/api/v1/profiles/shop.contacts/1");
    assertEquals("new@example.com", live.path("attributes").path("email").asString());
    assertEquals("marie", live.path("attributes").path("name").asString());
    assertEquals(live.path("customerId"), portrait.get("/api/v1/profiles/email/old@example.com").path("customerId"),
        "the address of a row that lost still finds the customer");
  }

  @Test
  void withoutRulesForDuplicatesRowsThatAreEqualWhereRulesLookAreOne() throws IOException {
    write("contacts.csv", "id,name,city", "1,Marie Dupont,Lyon", "2,Marie Dupont,Lyon", "3,Marie Dupont,Paris");
    portrait.refresh();

    assertEquals(List.of("2 1", "3 null"), rows("""
        SELECT shop_contacts_id, "shop_contacts_id_Alternate" FROM "Customer" WHERE shop_contacts_id IS NOT NULL
        ORDER BY 1"""));
    assertEquals(1, portrait.get("/api/v1/unification").path("matching").path("tables").get(0).path("duplicates")
        .asLong());
    portrait.apply(DEFINITIONS.replace("name: name, city: city } }",
        "name: name, city: city }, deduplicate: { by_default: false } }"));
    write("loyalty.csv", "card,name,town", "B,Paul Durant,Lyon");
    portrait.refresh();
    assertEquals(3, rows("SELECT 1 FROM \"Customer\" WHERE shop_contacts_id IS NOT NULL").size());
  }

  @Test
  void whatPeopleDecidedBeatsTheRules() throws IOException {
    write("decided.csv", "Table1,Table1Key,Table2,Table2Key", "shop.contacts,3,shop.loyalty,C",
        "shop.contacts,9,shop.loyalty,C");
    write("never.csv", "Table1,Table1Key,Table2,Table2Key", "shop.loyalty,A,shop.contacts,1");
    write("same.csv", "Value,Alias", "Durand,Durant", "Durant,Durrant");
    write("empty.csv", "Value", "N/A");
    write("loyalty.csv", "card,name,town", "A,Marie Dupont,Lyon", "B,DURRANT,Lyon", "C,n/a,Paris");
    write("contacts.csv", "id,name,city", "1,Marie Dupont,Lyon", "2,durand,Lyon", "3,N/A,Paris", "4,n/a,Paris");
    portrait.apply(DEFINITIONS.replace("conditions: [ { column: name },",
        "conditions: [ { column: name, normalise: [ lowercase, alias, bypass ] },").replaceFirst("(?s)---\\n", """
            ---
            kind: Source
            name: decided
            spec:
              tables:
                - { name: always, path: decided.csv, key: line_number }
                - { name: never, path: never.csv, key: line_number }
                - { name: alias, path: same.csv, key: line_number }
                - { name: bypass, path: empty.csv, key: line_number }
            ---
            """) + """
          custom:
            - { type: always, table: decided.always }
            - { type: never, table: decided.never }
            - { type: alias, table: decided.alias }
            - { type: bypass, table: decided.bypass }
        """.indent(0));

    portrait.refresh();

    assertEquals(List.of("1 null", "2 B", "3 C", "4 null", "null A"), rows("""
        SELECT shop_contacts_id, shop_loyalty_card FROM "Customer" ORDER BY 1 NULLS LAST, 2"""));
    var rules = portrait.get("/api/v1/unification").path("matching").path("rules");
    assertEquals("always match", rules.get(rules.size() - 2).path("rule").asString());
    assertEquals(1, rules.get(rules.size() - 2).path("pairs").asLong(), "the other names a record that is not there");
    assertEquals(1, rules.get(rules.size() - 1).path("pairs").asLong());

    write("never.csv", "Table1,Table1Key,Table2,Table2Key", "shop.loyalty,C,shop.contacts,1");
    portrait.refresh();
    assertEquals(List.of("1 A", "2 B", "3 C", "4 null"), rows("""
        SELECT shop_contacts_id, shop_loyalty_card FROM "Customer" ORDER BY 1 NULLS LAST, 2"""), "it was taken back");
  }

  @Test
  void aDryRunTellsWhoWouldMergeAndSplitAndChangesNobody() {
    portrait.refresh();
    var before = customers();
    String tried = DEFINITIONS.replace("{ column: name }", "{ column: name, precision: high }");

    var merging = post("/api/v1/unification/difference", tried);

    assertEquals(1, merging.path("merged").asLong());
    assertEquals(0, merging.path("split").asLong());
    assertEquals(1, merging.path("added").asLong());
    assertEquals("B", merging.path("samples").get(0).path("other").path("value").asString());
    assertEquals(before, customers());
    assertEquals(0, post("/api/v1/unification/difference", "").path("added").asLong());

    portrait.apply(tried);
    portrait.refresh();
    assertEquals(before.size() - 1, customers().size());
    var splitting = post("/api/v1/unification/difference", DEFINITIONS);
    assertEquals(1, splitting.path("split").asLong());
    assertEquals(1, splitting.path("removed").asLong());
    assertTrue(portrait.exchange("GET", "/unify/difference", "").body().contains("Nothing would change."));
  }

  @Test
  void whatAPersonSaysHoldsInLaterRuns() {
    portrait.refresh();
    String same = """
        {"one": {"namespace": "shop.contacts", "value": "2"}, "other": {"namespace": "shop.loyalty", "value": "B"}}""";
    String apart = """
        {"one": {"namespace": "shop.contacts", "value": "1"}, "other": {"namespace": "shop.loyalty", "value": "A"}}""";
    assertEquals(1, post("/api/v1/identities/join", same).path("merged").asLong());
    assertEquals(1, post("/api/v1/identities/separate", apart).path("split").asLong());
    var before = List.of("1 null", "2 B", "3 null", "null A", "null C");
    portrait.refresh();
    String shown = """
        SELECT shop_contacts_id, shop_loyalty_card FROM "Customer" ORDER BY 1 NULLS LAST, 2""";
    assertEquals(before, rows(shown));

    String card = portrait.exchange("GET", "/customers/" + portrait.get("/api/v1/profiles/shop.contacts/2")
        .path("customerId").asString(), "").body();
    assertTrue(card.contains("said by"), card);
    assertTrue(card.contains("/unjoin\""), card);
    assertEquals(1, post("/api/v1/identities/unjoin", same).path("split").asLong());
    assertEquals(1, post("/api/v1/identities/join", apart).path("merged").asLong(), "the last word counts");
    portrait.refresh();
    assertEquals(List.of("1 A", "2 null", "3 null", "null B", "null C"), rows(shown));
  }

  @Test
  void rowsThatTheFilterHoldsBackTakeNoPartAndExcludedColumnsAreNoAttributes() {
    portrait.apply(DEFINITIONS.replace("{ table: shop.contacts, attributes: { name: name, city: city } }",
        "{ table: shop.contacts, exclude: [ city ], where: \"city <> 'Paris'\" }"));
    portrait.refresh();

    assertEquals(List.of("1", "2"), rows("""
        SELECT shop_contacts_id FROM "Customer" WHERE shop_contacts_id IS NOT NULL ORDER BY 1"""));
    assertEquals(404, portrait.exchange("GET", "/api/v1/profiles/shop.contacts/3", "").statusCode());
    assertEquals(List.of("null"), rows("SELECT city FROM \"Customer\" WHERE shop_contacts_id = '2'"));
    var refused = portrait.exchange("POST", "/api/v1/definitions", DEFINITIONS.replace(
        "{ table: shop.contacts,", "{ table: shop.contacts, where: \"land = 'FR'\","));
    assertEquals(400, refused.statusCode());
    assertTrue(refused.body().contains("shop.contacts has no column 'land'"), refused.body());
  }

  @Test
  void rowsThatMatchNothingAreLeftOutWhereTheTableSaysSo() {
    portrait.apply(DEFINITIONS.replace("{ table: shop.loyalty,", "{ table: shop.loyalty, include_all: false,"));
    portrait.refresh();

    assertEquals(List.of("A"), rows("""
        SELECT shop_loyalty_card FROM "Customer" WHERE shop_loyalty_card IS NOT NULL"""));
    assertEquals(3, customers().size());
    assertEquals(404, portrait.exchange("GET", "/api/v1/profiles/shop.loyalty/C", "").statusCode());
  }

  @Test
  void theRuleIsEditedInAForm() {
    portrait.refresh();
    assertTrue(portrait.exchange("GET", "/unify", "").body().contains("same name and city"));
    String page = portrait.exchange("GET", "/unify/rule?place=0", "").body();
    assertTrue(page.contains("name=\"c1.right\""), page);
  }

  private String changes() {
    var customers = portrait.get("/api/v1/unification").path("customers");
    var shape = JsonMapper.shared().createObjectNode();
    for (String name : List.of("customers", "new", "merged", "split", "gone")) {
      shape.set(name, customers.path(name));
    }
    return shape.toString();
  }

  private void run(Refresh.Scope scope) {
    var ended = portrait.parts().jobs().await(portrait.parts().refresh().unify(scope, "test"));
    assertEquals(Status.DONE, ended.status(), () -> String.valueOf(ended.problem()));
  }

  private List<String> customers() {
    return portrait.parts().warehouse().read(session -> session
        .query(Sql.of("SELECT \"CustomerId\" FROM \"Customer\" ORDER BY 1"), row -> row.text(1)));
  }

  private List<String> rows(String sql) {
    return portrait.parts().warehouse().read(session -> session.query(Sql.of(sql), row -> {
      var values = new ArrayList<String>();
      for (int column = 1; column <= row.columns(); column++) {
        values.add(String.valueOf(row.value(column)));
      }
      return String.join(" ", values);
    }));
  }

  private JsonNode post(String path, String body) {
    var answer = portrait.exchange("POST", path, body);
    assertEquals(200, answer.statusCode(), answer.body());
    return JsonMapper.shared().readTree(answer.body());
  }

  private static long sum(JsonNode numbers) {
    long sum = 0;
    for (var number : numbers) {
      sum += number.asLong();
    }
    return sum;
  }

  private void write(String file, String... lines) throws IOException {
    Files.writeString(home.resolve(file), String.join("\n", lines) + "\n");
  }
}
