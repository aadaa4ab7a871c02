package portrait.stages.unification;

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
