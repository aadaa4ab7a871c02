package portrait.stages.enrichments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ProblemException;
import tools.jackson.databind.JsonNode;

/// What a table knows about companies, on accounts; and on people, by the account they belong to.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class AccountEnrichmentTest {

  private static final String SHOP = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: contacts, path: contacts.csv, key: id, columns: [ { name: id }, { name: name }, { name: company } ] }
          - { name: companies, path: companies.csv, key: id, columns: [ { name: id }, { name: name }, { name: domain },
              { name: city } ] }
          - { name: facts, path: facts.csv, key: domain, columns: [ { name: domain }, { name: industry }, { name: town },
              { name: employees, type: integer } ] }
      ---
      kind: Unification
      name: customers
      spec: { tables: [ { table: shop.contacts } ] }
      ---
      kind: Accounts
      name: companies
      spec:
        tables: [ { table: shop.companies, attributes: { name: name, domain: domain, city: city } } ]
        contacts: [ { table: shop.contacts, column: company, account: shop.companies } ]
      """;
  private static final String FACTS = """
      kind: Enrichment
      name: facts
      spec:
        provider: table
        about: accounts
        settings: { table: shop.facts, column: domain }
        inputs: { key: "lower(domain)" }
        attributes: { industry: industry, size: employees, city: town }
        output: AccountFacts
      """;

  @TempDir
  Path home;
  @Parameter
  TestDatabases.Product product;
  private TestPortrait portrait;

  @BeforeEach
  void open() throws IOException {
    write("contacts.csv", "id,name,company", "p1,Marie,c1", "p2,Paul,c2");
    write("companies.csv", "id,name,domain,city", "c1,Acme SA,acme.example,", "c2,Globex,GLOBEX.example,Berlin",
        "c3,Initech,,");
    write("facts.csv", "domain,industry,town,employees", "acme.example,Tools,Lyon,40",
        "globex.example,Energy,Bonn,900");
    portrait = TestPortrait.in(home, product.settings(home));
    portrait.apply(SHOP);
    portrait.refresh();
    portrait.apply(FACTS);
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  private void write(String file, String... lines) throws IOException {
    Files.writeString(home.resolve(file), String.join("\n", lines) + "\n");
  }

  private JsonNode account(String key) {
    return portrait.get("/api/v1/accounts/shop.companies/" + key);
  }

  @Test
  void accountsAreEnrichedAndStayEnriched() throws InterruptedException {
    var enrichments = portrait.parts().enrichments();
    var report = enrichments.run("facts", Progress.silent(), "test");
    assertEquals(3, report.counts().customers());
    assertEquals(2, report.counts().enriched());
    assertEquals(1, report.counts().lacking());
    assertEquals("Tools", account("c1").path("attributes").path("industry").asString());
    assertEquals("enrichment.facts", account("c1").path("sources").path("industry").asString());
    assertEquals("Berlin", account("c2").path("attributes").path("city").asString(), "it fills gaps only");
    assertEquals(0, enrichments.run("facts", Progress.silent(), "test").counts().asked());

    portrait.refresh();
    var acme = account("c1").path("attributes");
    assertEquals("40 Tools Lyon", "%s %s %s".formatted(acme.path("size").asString(), acme.path("industry").asString(),
        acme.path("city").asString()));
    assertEquals("Berlin", account("c2").path("attributes").path("city").asString());
    var fed = portrait.get("/odata/v4/AccountFacts?$filter=size%20gt%20100&$expand=Account").path("value");
    assertEquals("Globex", fed.path(0).path("Account").path("name").asString(), fed.toString());
    assertTrue(portrait.exchange("GET", "/enrichments/facts", "").body().contains("/accounts/"), "a link to each");

    portrait.parts().definitions().delete("Enrichment", "facts", "test");
    portrait.parts().jobs().latest("enrichment removal").ifPresent(job -> portrait.parts().jobs().await(job.id()));
    assertFalse(account("c1").path("attributes").has("industry"));
    portrait.refresh();
    assertFalse(account("c1").path("attributes").has("industry"));
  }

  @Test
  void peopleAreAskedAboutWithWhatTheirAccountHas() throws InterruptedException {
    portrait.apply("""
        kind: Enrichment
        name: of-people
        spec:
          provider: table
          settings: { table: shop.facts, column: domain }
          inputs: { key: account.domain }
          attributes: { industry: industry }
        """);
    portrait.parts().enrichments().run("of-people", Progress.silent(), "test");
    assertEquals("Tools", portrait.get("/api/v1/profiles/shop.contacts/p1").path("attributes").path("industry")
        .asString());
  }

  @Test
  void whatIsOfPeopleOnlyIsRefused() {
    for (String wrong : List.of(FACTS + "  segment: any\n", FACTS.replace("  about: accounts\n", ""))) {
      assertThrows(ProblemException.class, () -> portrait.apply(wrong), wrong);
    }
  }
}
