package portrait.stages.unification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.warehouse.Sql;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A definition with a probabilistic rule, from files to customers.
class ProbabilisticRuleTest {

  private static final String DEFINITIONS = """
      kind: Source
      name: crm
      spec: { tables: [ { name: people, path: people.csv, key: id } ] }
      ---
      kind: Source
      name: web
      spec: { tables: [ { name: accounts, path: accounts.csv, key: id } ] }
      ---
      kind: Unification
      name: customers
      spec:
        tables: [ { table: crm.people }, { table: web.accounts } ]
        rules: [ { name: likely the same person, type: probabilistic } ]
      """;

  @TempDir
  Path home;

  @Test
  void recordsThatAreNearlyTheSameBecomeOneCustomerAndRelativesAHousehold() throws IOException {
    String[] given = {"Anna", "Bruno", "Clara", "David", "Emma", "Felix", "Greta", "Hugo"};
    String[] family = {"Abelard", "Bergmann", "Castell", "Dorvald", "Eriksen", "Fontaine", "Grimaldi", "Hollander",
        "Ingersoll", "Jankowski"};
    var people = new ArrayList<>(List.of("id,first_name,last_name,email,birth_date,street,postcode,city"));
    var accounts = new ArrayList<>(people);
    for (int number = 0; number < 80; number++) {
      String first = given[number % 8];
      String last = family[number / 8];
      String rest = "%s.%s@example.org,19%02d-%02d-%02d,%d Mill Road,%05d,%s".formatted(first.toLowerCase(Locale.ROOT),
          last.toLowerCase(Locale.ROOT), 40 + number % 50, 1 + number % 12, 1 + number % 28, 3 + number / 8,
          10000 + number / 8 * 37,
          family[number / 8] + "ville");
      people.add("p%d,%s,%s,%s".formatted(number, first, last, rest));
      accounts.add("a%d,%s,%s,%s".formatted(number, first, number % 3 == 0 ? last.substring(0, 5) + last.substring(6)
          : last, rest));
    }
    Files.write(home.resolve("people.csv"), people);
    Files.write(home.resolve("accounts.csv"), accounts);
    try (var portrait = TestPortrait.in(home)) {
      portrait.apply(DEFINITIONS);
      portrait.refresh();
      aPairIsExplained(portrait);
      aRehearsalKeepsWhatTheRuleFound(portrait);
      aRuleIsPreviewed(portrait);
      long together = portrait.parts().warehouse().read(session -> session.first(Sql.of("""
          SELECT count(*) FROM "Customer" WHERE substr("crm_people_id", 2) = substr("web_accounts_id", 2)"""),
          row -> row.number(1)).orElseThrow());
      assertEquals(80, together);
      long households = portrait.parts().warehouse().read(session -> session.first(Sql.of(
          "SELECT count(DISTINCT \"HouseholdId\") FROM \"Household\" JOIN \"Customer\" USING (\"CustomerId\")"),
          row -> row.number(1)).orElseThrow());
      assertTrue(households > 0, "no household was found");
      householdsAreListedWithTheirMembersAndTies(portrait, households);
      assertFalse(portrait.exchange("GET", "/unify", "").body().contains("no rule</span>"), "it looks at every table");
      aRuleIsEditedInAForm(portrait);
    }
  }

  private static void householdsAreListedWithTheirMembersAndTies(TestPortrait portrait, long households) {
    var first = portrait.get("/api/v1/households?limit=1");
    assertEquals(households, first.path("total").asLong());
    var rest = portrait.get("/api/v1/households?cursor=" + first.path("next").asString().replace("|", "%7C"));
    assertEquals(households - 1, rest.path("households").size(), rest::toString);
    var largest = first.path("households").get(0);
    assertTrue(largest.path("customers").size() >= rest.path("households").get(0).path("customers").size());

    String member = largest.path("customers").get(1).asString();
    var one = portrait.get("/api/v1/households/customer/" + member);
    assertEquals(largest.path("customers"), one.path("customers"));
    assertTrue(one.path("ties").size() > 0, one::toString);
    var members = largest.path("customers").valueStream().map(JsonNode::asString).toList();
    one.path("ties").forEach(tie -> {
      assertTrue(members.contains(tie.path("one").path("customerId").asString())
          && members.contains(tie.path("other").path("customerId").asString()), tie::toString);
      assertNotEquals(tie.path("one").path("customerId"), tie.path("other").path("customerId"));
    });
    assertEquals(404, portrait.exchange("GET", "/api/v1/households/customer/" + UUID.randomUUID(), "").statusCode());

    assertEquals(303, portrait.exchange("GET", "/households/" + member, "").statusCode());
    String id = largest.path("householdId").asString();
    String page = portrait.exchange("GET", "/households/" + id, "").body();
    members.forEach(customer -> assertTrue(page.contains("/customers/" + customer), page));
    assertTrue(page.contains("/unify/pair?"), page);
    assertTrue(portrait.exchange("GET", "/households", "").body().contains("/households/" + id));
    assertTrue(portrait.exchange("GET", "/customers/" + member, "").body().contains("/households/" + id));
  }

  private static void aPairIsExplained(TestPortrait portrait) {
    var found = portrait.get("/api/v1/unification").path("likely").get(0);
    assertEquals("likely the same person", found.path("rule").asString());
    assertTrue(found.path("matches").asLong() >= 80, found::toString);
    var pair = portrait
        .get("/api/v1/unification/pair?namespace=crm.people&value=p3&otherNamespace=web.accounts&otherValue=a3");
    assertTrue(pair.path("probability").asDouble() > 0.99, pair::toString);
    double sum = pair.path("steps").valueStream().mapToDouble(step -> step.path("bits").asDouble()).sum();
    assertEquals(pair.path("weight").asDouble(), sum, 1e-6);
    var name = pair.path("steps").valueStream().filter(step -> step.path("field").asString().equals("last_name"))
        .findFirst().orElseThrow();
    assertEquals("Abelard", name.path("one").asString());
    assertEquals("Abelad", name.path("other").asString().substring(0, 6));
  }

  private static void aRehearsalKeepsWhatTheRuleFound(TestPortrait portrait) {
    var same = post(portrait, "/api/v1/unification/difference", "");
    assertEquals(0, same.path("added").asLong(), same::toString);
    assertEquals(0, same.path("removed").asLong(), same::toString);
    var without = post(portrait, "/api/v1/unification/difference",
        DEFINITIONS.replace("type: probabilistic }", "type: probabilistic, active: false }"));
    assertTrue(without.path("split").asLong() >= 80, without::toString);
  }

  private static void aRuleIsPreviewed(TestPortrait portrait) {
    var preview = post(portrait, "/api/v1/unification/preview",
        "{\"rule\": {\"name\": \"tried\", \"type\": \"probabilistic\"}}");
    assertTrue(preview.path("pairs").asLong() >= 80, preview::toString);
    var sample = preview.path("samples").get(0);
    assertTrue(sample.path("conditions").size() > 3, preview::toString);
    assertEquals(sample.path("weight").asDouble(),
        sample.path("steps").valueStream().mapToDouble(step -> step.path("bits").asDouble()).sum(), 1e-6);
  }

  private static void aRuleIsEditedInAForm(TestPortrait portrait) {
    assertEquals(303, portrait.exchange("GET", "/unify/rule?place=0", "").statusCode());
    assertEquals(404, portrait.exchange("GET", "/unify/likely?place=1", "").statusCode());
    String fresh = portrait.exchange("GET", "/unify/likely", "").body();
    assertTrue(fresh.contains("value=\"city, postcode, street\""), "suggested: " + fresh);
    String form = "place=-1&name=by+name&active=on&tables=crm.people,web.accounts&table.crm.people=on"
        + "&table.web.accounts=on&f0.attributes=first_name&f0.type=given_name&f1.attributes=last_name"
        + "&f1.shared=no&f2.attributes=street,+city&f2.name=home&f2.type=address"
        + "&f3.attributes=email&pairs=between&threshold=0.7"
        + "&relatives=no&blocks=last_name%0Afirst_name,+city";
    String tried = portrait.submit("/unify/likely", form + "&do=preview").body();
    assertTrue(tried.contains("data-bars=\"histogram\"") && tried.contains("waterfall"), tried);
    assertTrue(tried.contains("value=\"street, city\"") && tried.contains("last_name\nfirst_name, city"), tried);
    assertEquals(1, rules(portrait).size());

    assertEquals(303, portrait.submit("/unify/likely", form + "&do=save").statusCode());
    assertEquals(JsonMapper.shared().readTree("""
        {"name": "by name", "type": "probabilistic", "compare": [
          {"attribute": "first_name", "type": "given_name"}, {"attribute": "last_name", "shared": false},
          {"name": "home", "attributes": ["street", "city"], "type": "address"}, {"attribute": "email"}],
          "blocks": [["last_name"], ["first_name", "city"]], "pairs": "between", "threshold": 0.7,
          "relatives": false}"""), rules(portrait).get(1));
    assertTrue(portrait.exchange("GET", "/unify", "").body().contains("/unify/likely?place=1"));
    var refused = portrait.submit("/unify/likely", form.replace("threshold=0.7", "threshold=often") + "&do=save");
    assertEquals(400, refused.statusCode(), refused.body());
    assertTrue(refused.body().contains("threshold"), refused.body());
  }

  private static JsonNode rules(TestPortrait portrait) {
    return portrait.get("/api/v1/definitions/Unification/customers").path("spec").path("rules");
  }

  private static JsonNode post(TestPortrait portrait, String path, String body) {
    var answer = portrait.exchange("POST", path, body);
    assertEquals(200, answer.statusCode(), answer.body());
    return JsonMapper.shared().readTree(answer.body());
  }
}
