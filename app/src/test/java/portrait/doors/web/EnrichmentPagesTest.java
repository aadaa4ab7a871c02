package portrait.doors.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;

/// An enrichment as people make it on the pages, without a line of YAML.
class EnrichmentPagesTest {

  @TempDir
  Path home;
  private TestPortrait portrait;

  @BeforeEach
  void open() throws IOException {
    Files.writeString(home.resolve("companies.csv"), "id,domain,industry,employees\n1,acme.example,Tools,40\n");
    portrait = TestPortrait.in(home);
    portrait.apply("""
        kind: Source
        name: reference
        spec: { tables: [ { name: companies, path: companies.csv, key: id } ] }
        """);
    portrait.refresh();
    portrait.collect("/v1/identify", "{\"userId\": \"u1\", \"traits\": {\"domain\": \"acme.example\"}}");
    portrait.collect("/v1/identify", "{\"userId\": \"u2\", \"traits\": {\"city\": \"Lyon\"}}");
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  private String page(String path) {
    return portrait.exchange("GET", path, "").body();
  }

  @Test
  void anEnrichmentIsDiscoveredSetUpTriedRunAndLookedAt() {
    assertTrue(page("/enrichments").contains("/enrichments/new?provider=table"), "the page offers what there is");
    assertTrue(page("/enrichments/new?provider=table").contains("name=\"setting:column\""));

    var refused = portrait.submit("/enrichments/new",
        "provider=table&title=Facts&setting:table=reference.nothing&setting:column=domain&kept=industry&who=all");
    assertEquals(400, refused.statusCode());
    assertTrue(refused.body().contains("reference.nothing"), "what was typed stays");

    assertEquals("/enrichments/company-facts", portrait.submit("/enrichments/new",
        "provider=table&title=Company+facts&setting:table=reference.companies&setting:column=domain&input:key=domain"
            + "&kept=industry%0Asize+%3D+employees&who=all&output=CompanyFacts&profile=yes&active=yes")
        .headers().firstValue("Location").orElse(""));
    assertFalse(page("/customers").contains("Tools"), "saving asks nobody");
    var tried = portrait.submit("/enrichments/company-facts/try", "");
    assertTrue(tried.body().contains("1 questions; 0 as before, 0 with the same question as others, 1 without"),
        tried.body());

    portrait.parts().jobs().await(portrait.parts().enrichments().start("company-facts", "test"));
    String results = page("/enrichments/company-facts");
    assertTrue(results.contains("1 of 2"), results);
    assertTrue(results.contains("Tools"));
    String id = portrait.get("/api/v1/profiles/user_id/u1").path("customerId").asString();
    assertTrue(page("/customers/" + id).contains("Tools"), "the card shows it");

    assertEquals("/measures/company_facts_size", portrait.submit("/enrichments/company-facts/measure",
        "attribute=size").headers().firstValue("Location").orElse(""));
    assertEquals(303, portrait.submit("/enrichments/company-facts/active", "active=false").statusCode());
    assertFalse(portrait.get("/api/v1/enrichments/company-facts").path("active").asBoolean(true));
    assertEquals(303, portrait.submit("/enrichments/company-facts/edit",
        "title=Facts&setting:table=reference.companies&setting:column=domain&input:key=domain&kept=industry&who=all"
            + "&output=CompanyFacts&profile=yes")
        .statusCode());
    assertEquals("Facts", portrait.get("/api/v1/enrichments/company-facts").path("title").asString());
    assertEquals("/enrichments",
        portrait.submit("/enrichments/company-facts/remove", "").headers().firstValue("Location").orElse(""));
    assertEquals(0, portrait.get("/api/v1/enrichments").path("enrichments").size());
  }

  @Test
  void leadspaceIsSetUpWithItsContacts() {
    assertTrue(page("/enrichments").contains("/connections/new?type=leadspace"), "an administrator connects it first");
    assertEquals("/connections/leadspace", portrait.submit("/connections/new",
        "type=leadspace&title=Leadspace&setting:token=a-token&setting:address=https://apigw.leadspace.com&agree=yes")
        .headers().firstValue("Location").orElse(""));
    portrait.collect("/v1/identify", """
        {"userId": "u3", "traits": {"first_name": "Ann", "last_name": "Lee", "company": "Acme"}}""");
    String form = page("/enrichments/new?provider=leadspace");
    assertTrue(form.contains("name=\"contacts\""), form);
    assertTrue(form.contains("<code>first_name</code>"), "the mapping that was found is shown");
    var saved = portrait.submit("/enrichments/new",
        "provider=leadspace&title=Firms&connection=leadspace&setting:trusted_from=medium&input:company_name=company"
            + "&kept=Industry+%3D+company.industry&who=all&output=Firms&profile=yes&active=yes&contacts=yes"
            + "&contactsOutput=FirmContacts");
    assertEquals("/enrichments/firms", saved.headers().firstValue("Location").orElse(""),
        () -> saved.body().replaceAll("(?s).*class=.mistakes|</ol>.*", ""));
    assertTrue(portrait.submit("/enrichments/firms/try", "").body().contains("1 credits"));
    var both = portrait.get("/api/v1/enrichments").path("enrichments");
    assertEquals(2, both.size(), both.toString());
    assertTrue(page("/policies/edit").contains("enrichment.firms"), "merge policies may name it");
    assertTrue(both.toString().contains("FirmContacts"));
    assertTrue(page("/connections/leadspace").contains("/enrichments/firms"), "what uses it");
  }
}
