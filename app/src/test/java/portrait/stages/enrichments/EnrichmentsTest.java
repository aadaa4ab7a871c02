package portrait.stages.enrichments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.Identity;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.Sql;
import portrait.stages.enrichments.EnrichmentReport.Status;
import tools.jackson.databind.JsonNode;

/// Columns of a table of one's own, joined to customers by the domain of their e-mail address.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class EnrichmentsTest {

  private static final String TABLE = """
      kind: Source
      name: reference
      spec:
        tables:
          - { name: companies, path: companies.csv, key: id, columns: [ { name: id }, { name: domain },
              { name: industry }, { name: employees, type: integer }, { name: founded, type: date } ] }
      """;
  private static final String ENRICHMENT = """
      kind: Enrichment
      name: company-facts
      spec:
        provider: table
        settings: { table: reference.companies, column: domain }
        inputs: { key: "lower(domain)" }
        attributes: { industry: industry, size: employees, founded: founded, label: "upper(industry)" }
        output: CompanyFacts
      """;

  @TempDir
  Path home;
  @Parameter
  TestDatabases.Product product;
  private TestPortrait portrait;

  @BeforeEach
  void open() throws IOException {
    companies("1,acme.example,Tools,40,1999-02-03", "2,globex.example,Energy,900,");
    portrait = TestPortrait.in(home, product.settings(home));
    portrait.apply(TABLE);
    portrait.refresh();
    person("u1", "{\"domain\": \" ACME.example\", \"city\": \"Lyon\"}");
    person("u2", "{\"domain\": \"acme.example\", \"city\": \"Paris\"}");
    person("u3", "{\"domain\": \"globex.example\", \"city\": \"Lyon\"}");
    person("u4", "{\"domain\": \"nobody.example\", \"city\": \"Lyon\"}");
    person("u5", "{\"city\": \"Lyon\"}");
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  private void companies(String... rows) throws IOException {
    Files.writeString(home.resolve("companies.csv"),
        "id,domain,industry,employees,founded\n" + String.join("\n", rows) + "\n");
  }

  private void person(String id, String traits) {
    assertEquals(200, portrait.collect("/v1/identify",
        "{\"userId\": \"%s\", \"traits\": %s}".formatted(id, traits)).statusCode());
  }

  private EnrichmentReport run() throws InterruptedException {
    portrait.passUnnoticed(Duration.ofSeconds(1));
    return portrait.parts().enrichments().run("company-facts", Progress.silent(), "test");
  }

  private JsonNode profile(String user) {
    return portrait.get("/api/v1/profiles/user_id/" + user);
  }

  private long count(String sql, String parameter) {
    return portrait.parts().warehouse().read(session -> session.first(Sql.of(sql, parameter), row -> row.number(1)))
        .orElseThrow();
  }

  @Test
  void whatTheTableKnowsIsPartOfTheProfileAtOnce() throws InterruptedException {
    portrait.apply(ENRICHMENT);
    assertFalse(profile("u1").path("attributes").has("industry"), "saving asks nobody");
    assertEquals(3, portrait.parts().enrichments().rehearse("company-facts").asked(),
        "two have the same question, and one has nothing to be told");

    var report = run();

    assertEquals(Status.DONE, report.status());
    assertEquals(5, report.counts().customers());
    assertEquals(3, report.counts().enriched());
    assertEquals(60, report.counts().percent());
    assertEquals(1, report.counts().nothing());
    assertEquals(1, report.counts().lacking());
    var first = profile("u1").path("attributes");
    assertEquals("Tools", first.path("industry").asString());
    assertEquals("TOOLS", first.path("label").asString());
    assertEquals(40, first.path("size").asLong());
    assertEquals("1999-02-03", first.path("founded").asString());
    assertFalse(profile("u3").path("attributes").has("founded"));
    assertFalse(profile("u4").path("attributes").has("industry"));
    var lineage = portrait.get("/api/v1/profiles/user_id/u1/lineage").toString();
    assertTrue(lineage.contains("enrichment.company-facts"), lineage);
  }

  @Test
  void onlyWhatChangedIsAskedAgain() throws Exception {
    portrait.apply(ENRICHMENT);
    run();
    var again = run();
    assertEquals(0, again.counts().asked());
    assertEquals(4, again.counts().unchanged());

    person("u4", "{\"domain\": \"globex.example\"}");
    person("u2", "{\"domain\": \"elsewhere.example\"}");
    var third = run();
    assertEquals(1, third.counts().asked());
    assertEquals(1, third.counts().reused(), "somebody else had the same question");
    assertEquals(2, third.counts().unchanged());
    assertEquals("Energy", profile("u4").path("attributes").path("industry").asString());
    assertFalse(profile("u2").path("attributes").has("industry"), "what held for the old question holds no longer");

    companies("1,acme.example,Anvils,40,1999-02-03", "2,globex.example,Energy,900,");
    portrait.refresh();
    assertEquals("Anvils", profile("u1").path("attributes").path("industry").asString(), "a refresh asks, too");
    assertEquals("Energy", profile("u3").path("attributes").path("industry").asString());
  }

  @Test
  void segmentsAndMeasuresReadItInBothStores() throws InterruptedException {
    portrait.apply(ENRICHMENT);
    run();
    portrait.apply("""
        kind: Segment
        name: big
        spec: { where: "size > 100" }
        ---
        kind: Measure
        name: per_head
        spec: { title: Per head, formula: "size * 2" }
        """);
    portrait.rollOut();
    assertEquals("big", profile("u3").path("segments").get(0).asString());
    portrait.refresh();

    assertEquals(1800, profile("u3").path("measures").path("per_head").asDouble());
    assertEquals(List.of("Energy:900", "Tools:40", "Tools:40"), portrait.parts().warehouse().read(session -> session
        .query(Sql.of("""
            SELECT industry || ':' || size FROM "Customer" WHERE industry IS NOT NULL ORDER BY 1, "CustomerId" """),
            row -> row.text(1))));
    assertEquals(1, count("SELECT count(*) FROM \"SegmentMembership\" WHERE \"CustomerId\" <> ?", ""));
    var fed = portrait.get("/odata/v4/CompanyFacts?$filter=size%20gt%20100&$expand=Customer").path("value");
    assertEquals(1, fed.size());
    assertEquals("Energy", fed.get(0).path("industry").asString());
    assertEquals("globex.example", fed.get(0).path("Customer").path("domain").asString());
    assertEquals(3, portrait.get("/api/v1/enrichments/company-facts").path("byField").path("size").asLong());
  }

  @Test
  void theMergePolicyDecides() throws InterruptedException {
    portrait.apply(ENRICHMENT);
    run();
    portrait.passUnnoticed(Duration.ofSeconds(1));
    person("u1", "{\"industry\": \"Said by themselves\"}");
    assertEquals("Said by themselves", profile("u1").path("attributes").path("industry").asString(),
        "said later than the table was asked");

    portrait.apply("""
        kind: MergePolicy
        name: trusted
        spec: { default: true, order: [enrichment.company-facts, live] }
        """);
    portrait.rollOut();
    portrait.refresh();
    assertEquals("Tools", profile("u1").path("attributes").path("industry").asString());
    assertEquals("Tools", portrait.parts().warehouse().read(session -> session.first(Sql.of("""
        SELECT industry FROM "Customer" WHERE domain = ' ACME.example' """), row -> row.text(1)).orElseThrow()));
    assertThrows(ProblemException.class,
        () -> portrait.parts().definitions().delete("Enrichment", "company-facts", "test"));
  }

  @Test
  void whoLeavesTheSegmentIsSetAsideAndComesBackForNothing() throws InterruptedException {
    portrait.apply("""
        kind: Segment
        name: lyon
        spec: { where: "city = 'Lyon'" }
        """);
    portrait.rollOut();
    portrait.apply(ENRICHMENT + "  segment: lyon\n");
    assertEquals(4, run().counts().customers());
    assertFalse(profile("u2").path("attributes").has("industry"));

    person("u1", "{\"city\": \"Nantes\"}");
    assertEquals(1, run().counts().enriched());
    assertFalse(profile("u1").path("attributes").has("industry"));

    person("u1", "{\"city\": \"Lyon\"}");
    var back = run();
    assertEquals(2, back.counts().enriched());
    assertEquals(0, back.counts().asked());
    assertEquals("Tools", profile("u1").path("attributes").path("industry").asString());
  }

  @Test
  void aTableOnlyEnrichmentLeavesProfilesAlone() throws InterruptedException {
    portrait.apply(ENRICHMENT);
    run();
    portrait.apply(ENRICHMENT + "  profile: false\n");
    run();

    assertFalse(profile("u1").path("attributes").has("industry"));
    assertEquals(3, portrait.get("/odata/v4/CompanyFacts").path("value").size());
  }

  @Test
  void whatWasAddedGoesWithTheEnrichment() throws InterruptedException {
    portrait.apply(ENRICHMENT);
    run();
    portrait.parts().definitions().delete("Enrichment", "company-facts", "test");
    portrait.parts().jobs().latest("enrichment removal").ifPresent(job -> portrait.parts().jobs().await(job.id()));

    assertFalse(profile("u1").path("attributes").has("industry"));
    boolean isThere = portrait.parts().warehouse().read(session -> session.exists("CompanyFacts"));
    assertFalse(isThere);
  }

  @Test
  void theErasedLeaveNoAnswer() throws InterruptedException {
    portrait.apply(ENRICHMENT);
    run();
    var id = profile("u1").path("customerId").asString();
    var erasure = portrait.parts().privacy().erase(List.of(new Identity("user_id", "u1")), "asked to", "test");
    assertEquals("DONE", portrait.parts().jobs().await(erasure.job()).status().name());

    assertEquals(0L, portrait.parts().database().read(tx -> tx.first(
        "SELECT count(*) FROM enrichment_answer WHERE customer_id = ?", row -> row.number(1), id)).orElseThrow());
    assertEquals(0, count("SELECT count(*) FROM \"CompanyFacts\" WHERE \"CustomerId\" = ?", id));
  }

  @Test
  void aRebuildKeepsWhatWasAdded() throws InterruptedException {
    portrait.apply(ENRICHMENT);
    run();
    portrait.refresh();
    portrait.parts().jobs().await(portrait.parts().rebuild().start(false, "test"));

    assertEquals("Tools", profile("u1").path("attributes").path("industry").asString());
  }

  @Test
  void mistakesAreToldBeforeAnythingIsSaved() {
    for (String wrong : List.of(ENRICHMENT.replace("provider: table", "provider: oracle"),
        ENRICHMENT.replace("table: reference.companies", "table: reference.nothing"),
        ENRICHMENT.replace("{ key:", "{ other:"),
        ENRICHMENT.replace("output: CompanyFacts", "output: Customer"),
        ENRICHMENT.replace("industry: industry", "CustomerId: industry"),
        ENRICHMENT + "  segment: none\n", ENRICHMENT + "  connection: none\n")) {
      assertThrows(ProblemException.class, () -> portrait.apply(wrong), wrong);
    }
    assertEquals(Optional.empty(), portrait.parts().definitions().one(Enrichments.KIND, "company-facts"));
  }
}
