package portrait.stages.enrichments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ProblemException;
import portrait.stages.enrichments.EnrichmentReport.Status;

/// Companies and contacts at Leadspace, which is paid by the record.
class LeadspaceTest extends ProviderContract {

  private LeadspaceFake leadspace;
  private boolean isCutOff;

  @Override
  PartnerFake partner() throws IOException {
    leadspace = new LeadspaceFake();
    return leadspace;
  }

  @Override
  String connection(String address) {
    return "{ type: leadspace, settings: { token: { secret: partner.secret }, address: \"%s\" } }".formatted(address);
  }

  @Override
  String secret() {
    return LeadspaceFake.TOKEN;
  }

  @Override
  String enrichment() {
    return """
        kind: Enrichment
        name: asked
        spec:
          provider: leadspace
          connection: partner
          inputs: { company_name: company, location: place, secondary_company_name: other_company }
          attributes:
            industry: company.industry
            employees: company.employees.exact
            confidence: MatchConfidence
            other_industry: secondary.company.industry
          output: Companies
        """;
  }

  @Override
  void paused(Duration time) throws InterruptedException {
    if (isCutOff) {
      throw new IllegalStateException("the power went");
    }
    super.paused(time);
  }

  @Test
  void whatIsNotSureStaysOutOfProfiles() throws InterruptedException {
    person("Initech", "Initech");
    person("Umbrella", "Umbrella");
    person("Nobody", "Nobody");
    var report = run();
    assertEquals(3, report.counts().enriched());
    assertEquals(2, report.counts().doubtful());
    assertEquals(1, report.counts().nothing());
    assertEquals(6, report.counts().credits());
    assertEquals("Industry of acme", industry("Acme"));
    assertEquals("", industry("Initech"));
    var row = portrait.get("/odata/v4/Companies?$filter=confidence%20eq%20'LOW'").path("value").path(0);
    assertEquals("Industry of initech", row.path("industry").asString());
    assertEquals(120, row.path("employees").asLong());
    assertEquals(0, run().counts().asked(), "doubtful answers are paid for, too");
  }

  @Test
  void bothAddressesAreAskedAboutApart() throws InterruptedException {
    assertEquals(200, portrait.collect("/v1/identify", """
        {"userId": "Both", "traits": {"company": "Acme SA", "place": "Lyon, France", "other_company": "Initech"}}""")
        .statusCode());
    assertEquals(5, portrait.parts().enrichments().rehearse(NAME).credits());
    var report = run();
    assertEquals(5, report.counts().credits());
    assertEquals(5, leadspace.paid());
    assertEquals("Industry of acme", industry("Both"));
    assertFalse(portrait.get("/api/v1/profiles/user_id/Both").path("attributes").has("other_industry"),
        "the second one is not sure");
    assertTrue(leadspace.records().stream().anyMatch(record -> record.path("company").path("address").toString()
        .equals("{\"city\":\"Lyon\",\"country\":\"France\"}")), leadspace.records().toString());
    assertEquals(Set.of(), leadspace.paidTwice());
  }

  @Test
  void aRunThatIsCutOffIsGoneOnWithAndNotPaidAgain() throws InterruptedException {
    leadspace.readyAfter(2);
    isCutOff = true;
    assertThrows(IllegalStateException.class, this::run);
    assertEquals(3, leadspace.paid());
    portrait.close();
    isCutOff = false;
    start();
    assertEquals(0, portrait.parts().enrichments().rehearse(NAME).credits());

    var report = run();
    assertEquals(Status.DONE, report.status());
    assertEquals(0, report.counts().credits());
    assertEquals(3, leadspace.paid());
    assertEquals("Industry of globex", industry("Globex"));
    assertEquals(0, run().counts().asked());
  }

  @Test
  void creditsThatAreUsedUpStopTheRun() throws InterruptedException {
    leadspace.credit(2);
    var stopped = assertThrows(ProblemException.class, this::run);
    assertTrue(stopped.getMessage().contains("427"), stopped.getMessage());
    leadspace.credit(10);
    assertEquals(Status.DONE, run().status());
    assertEquals(3, leadspace.paid());
  }

  @Test
  void recordsFailAlone() throws InterruptedException {
    person("Broken", "Broken");
    person("Invalid", "Invalid");
    var report = run();
    assertEquals(Status.PARTLY, report.status());
    assertEquals(2, report.counts().refused());
    assertEquals(3, report.counts().enriched());
    assertEquals(1, run().counts().asked(), "what failed within Leadspace is asked again, what was invalid is not");
  }

  @Test
  void programsOfTheThirdVersionAreRead() throws InterruptedException {
    leadspace.answerAsThird();
    run();
    assertEquals(120, portrait.get("/api/v1/profiles/user_id/Acme").path("attributes").path("employees").asLong());
  }

  @Test
  void contactsAreAskedAboutWithTheirCompany() throws InterruptedException {
    portrait.apply("""
        kind: Enrichment
        name: contacts
        spec:
          provider: leadspace_contacts
          connection: partner
          inputs: { first_name: first_name, last_name: last_name, email: email, company_name: company }
          attributes: { job: person.title, persona: person.persona,
            email_status: person.original_email_verification_status }
        """);
    for (String traits : List.of("\"email\": \"ann@acme.example\", \"company\": \"Acme\"", "\"city\": \"Lyon\"")) {
      portrait.collect("/v1/identify", """
          {"userId": "%d", "traits": {"first_name": "Ann", "last_name": "Lee", %s}}""".formatted(traits.length(),
          traits));
    }
    var report = portrait.parts().enrichments().run("contacts", Progress.silent(), "test");
    assertEquals(1, report.counts().asked(), "a name alone is not enough");
    var found = portrait.get("/api/v1/profiles/email/ann@acme.example").path("attributes");
    assertEquals("Head of Tools Buyer VALID", "%s %s %s".formatted(found.path("job").asString(),
        found.path("persona").asString(), found.path("email_status").asString()));
  }

  @Test
  void aNameIsRequiredAndOnlyLeadspaceIsCalled() {
    assertThrows(ProblemException.class,
        () -> portrait.apply(enrichment().replace("company_name: company,", "")));
    portrait.apply("kind: Connection\nname: partner\nspec: " + connection("http://127.0.0.1:1"));
    assertThrows(ProblemException.class,
        () -> portrait.parts().enrichments().verify(portrait.parts().connections().one("partner")));
  }
}
