package portrait.stages.unification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.jobs.Status;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.Sql;
import portrait.processes.refresh.Refresh;
import portrait.stages.sources.LoadListener;
import portrait.stages.sources.LoadMode;
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
  void rulesRunAgainOnlyWhereWhatTheyLookAtChanged() throws IOException {
    portrait.refresh();
    var first = portrait.get("/api/v1/unification").path("matching");
    var before = customers();
    portrait.pass(Duration.ofHours(1));

    portrait.refresh();
    assertEquals(first, portrait.get("/api/v1/unification").path("matching"), "the run of an hour ago still holds");
    assertEquals(before, customers());

    write("loyalty.csv", "card,name,town", "A,Marie Dupond,Lyon", "B,Paul Durant,Lyon", "C,Zoé Petit,Nice");
    portrait.refresh();
    assertEquals(0, portrait.get("/api/v1/unification").path("matching").path("pairs").asLong());

    portrait.apply(DEFINITIONS.replace("{ column: name }", "{ column: name, precision: high }"));
    portrait.refresh();
    assertEquals(2, portrait.get("/api/v1/unification").path("matching").path("pairs").asLong());
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
  void theCustomersOwnIdStandsBesideTheCustomerId() {
    String own = DEFINITIONS + """
          custom_id: { name: Number, columns: [ { table: shop.loyalty, column: card }, { table: shop.contacts, column: id } ] }
        """;
    portrait.apply(own);
    portrait.refresh();

    assertEquals(List.of("1 A", "2 2", "3 3", "null B", "null C"), rows("""
        SELECT shop_contacts_id, "Number" FROM "Customer" ORDER BY 1 NULLS LAST, 2"""));
    assertEquals("A", portrait.get("/api/v1/profiles/shop.contacts/1").path("attributes").path("Number").asString());
    assertEquals(400, portrait.exchange("POST", "/api/v1/definitions", own.replace("name: Number", "name: city"))
        .statusCode(), "an attribute already");
    var refused = portrait.exchange("POST", "/api/v1/definitions", own.replace("column: card", "column: kard"));
    assertTrue(refused.body().contains("shop.loyalty has no column 'kard'"), refused.body());
  }

  @Test
  void whoeverUsesAnAttributeIsNamedBeforeItIsTakenAway() {
    String using = """
        kind: Segment
        name: lyon
        spec: { title: Lyon, where: "city = 'Lyon'" }
        ---
        kind: Measure
        name: letters
        spec: { title: Letters, formula: "length(city)" }
        ---
        kind: MergePolicy
        name: other
        spec: { groups: [ { attributes: [ city, name ] } ] }
        """;
    portrait.refresh();
    portrait.apply(using);
    String source = DEFINITIONS.substring(0, DEFINITIONS.indexOf("---"));

    var noColumns = portrait.exchange("POST", "/api/v1/definitions", source
        .replace(", { name: city, type: string }", "").replace(", { name: town, type: string }", ""));
    assertEquals(400, noColumns.statusCode());
    for (String part : List.of("shop.contacts has no column 'city'", "shop.loyalty has no column 'town'",
        "attribute 'city' would be gone, but it is used by Measure letters, MergePolicy other, Segment lyon")) {
      assertTrue(noColumns.body().contains(part), noColumns.body());
    }

    var noMapping = portrait.exchange("POST", "/api/v1/definitions", DEFINITIONS
        .replace(", city: city }", " }").replace(", city: town }", " }"));
    assertEquals(400, noMapping.statusCode());
    assertTrue(noMapping.body().contains("Measure letters, MergePolicy other, Segment lyon"), noMapping.body());

    var deleted = portrait.exchange("DELETE", "/api/v1/definitions/Unification/customers", "");
    assertEquals(409, deleted.statusCode());
    assertTrue(deleted.body().contains("attribute 'city' would be gone"), deleted.body());

    var one = portrait.get("/api/v1/definitions/Source/shop/dependants?table=contacts&column=city").path("broken");
    assertEquals(1, one.size(), "town of the other table still gives the attribute: " + one);
    var table = portrait.get("/api/v1/definitions/Source/shop/dependants?table=loyalty").path("broken");
    assertTrue(table.toString().contains("tables has 'shop.loyalty', which no Source defines"), table.toString());
    assertEquals(0, portrait.get("/api/v1/definitions/Source/shop/dependants").path("broken").size());
  }

  @Test
  void aFileWithoutAColumnThatOthersUseIsRefusedAndTheyAreNamed(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("people.csv"), "id,city,note\n1,Lyon,x\n");
    portrait.apply("""
        kind: Source
        name: crm
        spec: { tables: [ { name: people, key: id } ] }
        """);
    portrait.parts().sources().load("crm.people", List.of(file), LoadMode.REPLACE, LoadListener.silent());
    portrait.apply("""
        kind: Unification
        name: customers
        spec: { tables: [ { table: crm.people, attributes: { town: city } } ] }
        ---
        kind: Segment
        name: lyon
        spec: { where: "town = 'Lyon'" }
        """);
    var uses = List.of("crm.people has no column 'city'",
        "attribute 'town' would be gone, but it is used by Segment lyon");

    var broken = portrait.get("/api/v1/definitions/Source/crm/dependants?table=people&column=city").path("broken")
        .toString();
    uses.forEach(use -> assertTrue(broken.contains(use), broken));
    assertEquals(0, portrait.get("/api/v1/definitions/Source/crm/dependants?table=people&column=note").path("broken")
        .size());

    Files.writeString(file, "id,note\n1,y\n");
    refusedNaming(file, uses);
    // Read in another way than before, so what is known of its columns counts no more.
    portrait.apply("""
        kind: Source
        name: crm
        spec: { tables: [ { name: people, key: id, csv: { delimiter: "," } } ] }
        """);
    refusedNaming(file, uses);
    assertEquals(List.of("1 Lyon x"), rows("SELECT id, city, note FROM crm_people"));

    Files.writeString(file, "id,city\n1,Paris\n");
    portrait.parts().sources().load("crm.people", List.of(file), LoadMode.REPLACE, LoadListener.silent());
    assertEquals(List.of("1 Paris"), rows("SELECT id, city FROM crm_people"));
  }

  private void refusedNaming(Path file, List<String> uses) {
    var refused = assertThrows(ProblemException.class, () -> portrait.parts().sources().load("crm.people",
        List.of(file), LoadMode.REPLACE, LoadListener.silent())).problem();
    uses.forEach(use -> {
      assertTrue(refused.message().contains(use), refused.message());
      assertTrue(refused.details().values().stream().anyMatch(detail -> detail.contains(use)),
          refused.details().toString());
    });
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
