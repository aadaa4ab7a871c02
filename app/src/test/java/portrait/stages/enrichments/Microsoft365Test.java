package portrait.stages.enrichments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import portrait.TestPortrait;
import portrait.app.Configuration;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.enrichments.EnrichmentReport.Status;
import portrait.stages.enrichments.PartnerFake.Fault;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Mail and meetings counted from Microsoft 365, from consent to the account, whatever goes wrong on the way; and what
/// must not stay.
class Microsoft365Test extends CountContract {

  private static final String SHOP = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: contacts, path: contacts.csv, key: id, columns: [ { name: id }, { name: email }, { name: company } ] }
          - { name: companies, path: companies.csv, key: id, columns: [ { name: id }, { name: name } ] }
      ---
      kind: Unification
      name: customers
      spec: { tables: [ { table: shop.contacts } ] }
      ---
      kind: Accounts
      name: companies
      spec:
        tables: [ { table: shop.companies, attributes: { name: name } } ]
        contacts: [ { table: shop.contacts, column: company, account: shop.companies } ]
      """;
  /** It is off, so that nothing but the test begins it. */
  private static final String ENGAGEMENT = """
      kind: Enrichment
      name: office
      spec:
        provider: microsoft365
        connection: tenant
        about: accounts
        active: false
        settings: { addresses: "sales@shop.example, ann@alias.example", contacts: shop.contacts, email: email,
          agreed: true }
        inputs: { account: AccountId }
        attributes: { EngagementScore: EngagementScore, Mails: NoOfEmails_ToAccount, Answers: NoOfEmails_FromAccount,
          Meetings: NoOfMeetings_ToAccount, People: NoOfContactsInvolved_Emails }
        output: Office
      """;

  private GraphFake graph;

  @BeforeEach
  void open() throws IOException {
    graph = new GraphFake();
    Files.writeString(home.resolve("contacts.csv"),
        "id,email,company\np1,marie@acme.example,c1\np2,gil@globex.example,c2\n");
    Files.writeString(home.resolve("companies.csv"), "id,name\nc1,Acme SA\nc2,Globex\n");
    start();
    portrait.apply(SHOP);
    portrait.refresh();
    portrait.parts().connections().putSecret("tenant.client_secret", Secret.of("s3cret&more"), "test");
    connect(4);
    portrait.apply(ENGAGEMENT);
    var day = portrait.now().minus(Duration.ofDays(3));
    for (int number = 0; number < 5; number++) {
      graph.mail("m" + number, day.plusSeconds(600L * number), "ann@alias.example",
          List.of("Marie@acme.example", "stranger@elsewhere.example"), "ann", "bob");
    }
    graph.mail("answer", day.plusSeconds(9_000), "marie@acme.example", List.of("ann@shop.example"), "ann");
    graph.mail("long-ago", portrait.now().minus(Duration.ofDays(400)), "ann@shop.example",
        List.of("marie@acme.example"), "ann");
    graph.meeting("meeting", day, "bob@shop.example", List.of("marie@acme.example", "ann@shop.example"), "ann", "bob");
  }

  private void connect(int requestsAtOnce) {
    portrait.apply("""
        kind: Connection
        name: tenant
        spec: { type: microsoft365, settings: { tenant: shop.example, application_id: app-1, region: europe,
          client_secret: { secret: tenant.client_secret }, requests_at_once: %d, login: "%s", graph: "%s" } }
        """.formatted(requestsAtOnce, graph.address(), graph.address()));
    portrait.parts().connections().agree("tenant", Connections.PRIVACY_TEXT, "test");
  }

  @Override
  void hangAtTheSecondPlace(Instant at) {
    connect(1);
    portrait.apply(ENGAGEMENT.replace("agreed: true", "agreed: true, first_run_after_hours: 0"));
    graph.messages.clear();
    graph.meetings.clear();
    graph.mail("m1", at, "ann@shop.example", List.of("marie@acme.example"), "ann");
    graph.mail("m2", at.plusSeconds(60), "marie@acme.example", List.of("ann@shop.example"), "ann");
    graph.mail("m3", at, "bob@shop.example", List.of("gil@globex.example"), "bob");
    graph.hangAt("/users/id-bob/messages");
  }

  @Override
  void awaitHanging() throws InterruptedException {
    graph.awaitHanging();
  }

  @Override
  void emptyTheFirstPlace() {
    graph.messages.remove("id-ann");
  }

  @Override
  List<String> furtherHosts() {
    return List.of(graph.address());
  }

  private void start() {
    portrait = TestPortrait.of(new Configuration(home, "127.0.0.1", 0, TestDatabases.sqlite(home),
        WarehouseSettings.at(home.resolve("warehouse.duckdb"))).with(List.of(graph.address())));
    portrait.parts().enrichments().pauseWith(portrait::passUnnoticed);
  }

  @AfterEach
  void close() throws IOException {
    portrait.close();
    graph.close();
  }

  private EnrichmentReport run() throws InterruptedException {
    return portrait.parts().enrichments().run("office", Progress.silent(), "test");
  }

  private void consentAndWait() {
    assertTrue(portrait.parts().enrichments().check("office").orElseThrow().isAllowed());
    portrait.passUnnoticed(Duration.ofHours(6));
  }

  private String acme() {
    var of = portrait.get("/api/v1/accounts/shop.companies/c1").path("attributes");
    return "%s to, %s from, %s meetings, %s people".formatted(of.path("Mails").asString("no"),
        of.path("Answers").asString("no"), of.path("Meetings").asString("no"), of.path("People").asString("no"));
  }

  private void assertCounted() {
    assertEquals("5 to, 1 from, 1 meetings, 1 people", acme());
    assertTrue(graph.inFlightMost.get() <= 4, "at once: " + graph.inFlightMost.get());
  }

  @Test
  void nothingIsReadBeforeConsentAndTheFirstRunComesSixHoursLater() throws InterruptedException {
    graph.isKnown = false;
    var refused = assertThrows(ProblemException.class, this::run);
    assertTrue(refused.problem().hint().contains("/shop.example/adminconsent?client_id=app-1"), refused.problem()
        .hint());
    graph.isKnown = true;
    graph.roles = Set.of("User.Read.All", "Mail.Read", "Calendars.Read");
    assertTrue(assertThrows(ProblemException.class, this::run).getMessage().contains("Mail.ReadBasic.All"));
    var missing = json(portrait.exchange("POST", "/api/v1/enrichments/office/check", "{}").body());
    assertEquals("[\"GroupMember.Read.All\",\"Mail.ReadBasic.All\"]", missing.path("missing").toString());
    assertTrue(portrait.exchange("GET", "/enrichments/office", "").body().contains("adminconsent?client_id=app-1"));
    assertEquals(Set.of("token"), Set.copyOf(graph.calls), "nothing is read");

    graph.roles = Set.copyOf(GraphFake.ROLES);
    var start = json(portrait.exchange("POST", "/api/v1/enrichments/office/check", "{}").body());
    assertEquals(3, start.path("mailboxes").asLong(), start.toString());
    assertEquals(portrait.now().plus(Duration.ofHours(6)).toString(), start.path("firstRunAt").asString());
    assertTrue(assertThrows(ProblemException.class, this::run).getMessage().contains("2026-11-22 18:00 UTC"));
    assertEquals(Set.of(), graph.mailboxesRead());

    portrait.passUnnoticed(Duration.ofHours(6));
    assertEquals(Status.DONE, run().status());
    assertCounted();
    var coverage = portrait.get("/api/v1/enrichments/office").path("coverage");
    assertEquals("3 4 0", "%d %d %d".formatted(coverage.path("addressesSelected").asLong(), coverage.path("days")
        .asLong(), coverage.path("placesUnread").asLong()), coverage.toString());
    assertEquals("[\"id-ann\",\"id-bob\",\"id-cleo\"]", portrait.get("/odata/v4/Office_UserEntity?$orderby=UserId")
        .path("value").valueStream().map(row -> "\"" + row.path("UserId").asString() + "\"").toList().toString()
        .replace(" ", ""));
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  @Test
  void theFirstRunBeginsByItself() {
    portrait.apply(ENGAGEMENT.replace("active: false", "active: true").replace("agreed: true",
        "agreed: true, first_run_after_hours: 2"));
    portrait.parts().enrichments().tick();
    assertEquals(0, portrait.parts().enrichments().runs("office", 1).size());
    portrait.passUnnoticed(Duration.ofHours(2));
    portrait.parts().enrichments().tick();
    awaitARun();
    assertEquals(Status.DONE, portrait.parts().enrichments().runs("office", 1).getFirst().status());
    assertCounted();
  }

  /// The product's own clockwork may have been quicker.
  private void awaitARun() {
    var enrichments = portrait.parts().enrichments();
    while (enrichments.runs("office", 1).stream().noneMatch(run -> run.endedAt().isPresent())) {
      portrait.parts().jobs().latest("enrichment office").ifPresent(job -> portrait.parts().jobs().await(job.id()));
      Thread.onSpinWait();
    }
  }

  @Test
  void theAdministratorIsAskedByMailOnce() throws Exception {
    var mails = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
    mails.start();
    try {
      portrait.apply("""
          kind: Connection
          name: administrators
          spec: { type: email, settings: { host: 127.0.0.1, port: %d, security: none, from: portrait@shop.example,
            to: admin@shop.example } }
          """.formatted(mails.getSmtp().getPort()));
      portrait.parts().connections().agree("administrators", Connections.PRIVACY_TEXT, "test");
      portrait.apply(ENGAGEMENT.replace("agreed: true", "agreed: true, ask_through: administrators"));
      graph.roles = Set.of();
      assertFalse(portrait.parts().enrichments().check("office").orElseThrow().isAllowed());
      assertTrue(portrait.parts().enrichments().check("office").orElseThrow().askedAt().isPresent());
      portrait.parts().notices().tick();
      while (mails.getReceivedMessages().length == 0) {
        // The product's own clockwork may be sending it.
        Thread.onSpinWait();
      }
      var received = mails.getReceivedMessages();
      assertEquals(1, received.length);
      assertTrue(received[0].getContent().toString().contains("/shop.example/adminconsent?client_id=app-1"));
    } finally {
      mails.stop();
    }
  }

  @Test
  void onlyWhatIsNewIsReadNextTimeAndMovedMeetingsMove() throws InterruptedException {
    consentAndWait();
    run();
    long before = graph.paid();
    graph.mail("late", portrait.now().minus(Duration.ofHours(20)), "ann@shop.example", List.of("marie@acme.example"),
        "ann");
    graph.meetings.values().forEach(List::clear);
    graph.meeting("meeting", portrait.now().minus(Duration.ofDays(1)), "bob@shop.example",
        List.of("marie@acme.example"), "bob");
    graph.meeting("other", portrait.now().minus(Duration.ofDays(1)), "bob@shop.example",
        List.of("marie@acme.example"), "bob");
    portrait.passUnnoticed(Duration.ofDays(1));
    assertEquals(Status.DONE, run().status());
    assertEquals("6 to, 1 from, 2 meetings, 1 people", acme());
    assertTrue(graph.paid() - before < before, "fewer pages than the first time");
  }

  @Test
  void faultsAreWaitedOut() throws InterruptedException {
    consentAndWait();
    graph.fail(Fault.THROTTLED, Fault.TRUNCATED, Fault.UNAVAILABLE, Fault.THROTTLED, Fault.RESET_AFTER_ACTING,
        Fault.BAD_GATEWAY, Fault.TRUNCATED, Fault.THROTTLED, Fault.THROTTLED, Fault.THROTTLED, Fault.UNAVAILABLE);
    graph.isShuffled = true;
    var report = run();
    assertEquals(Status.DONE, report.status());
    assertTrue(report.counts().retries() > 0, "waits are counted");
    assertFalse(graph.hasFaults());
    assertCounted();
  }

  @Test
  void aTokenThatEndsIsRenewed() throws InterruptedException {
    consentAndWait();
    graph.readsUntilExpired = 7;
    assertEquals(Status.DONE, run().status());
    assertCounted();
  }

  @Test
  void consentThatIsTakenBackStopsTheRunAndTheNextGoesOn() throws InterruptedException, IOException {
    consentAndWait();
    graph.readsUntilWithdrawn = 9;
    assertTrue(assertThrows(ProblemException.class, this::run).getMessage().contains("has not consented"));
    assertEquals(Status.FAILED, portrait.parts().enrichments().runs("office", 1).getFirst().status());
    assertFalse(portrait.parts().enrichments().check("office").orElseThrow().isAllowed());
    graph.readsUntilWithdrawn = Integer.MAX_VALUE;
    graph.roles = Set.copyOf(GraphFake.ROLES);
    var reached = portrait.now();
    portrait.close();
    start();
    portrait.passTo(reached);
    assertEquals(Status.DONE, run().status(), "it need not wait six hours again");
    assertCounted();
  }

  @Test
  void aMailboxThatIsForbiddenIsShown() throws InterruptedException {
    consentAndWait();
    graph.forbidden.add("id-ann");
    assertEquals(Status.DONE, run().status());
    assertEquals("5 to, no from, 1 meetings, 1 people", acme().replace("0 from", "no from"));
    assertEquals(1, portrait.get("/api/v1/enrichments/office").path("coverage").path("placesUnread").asLong());
    assertTrue(portrait.exchange("GET", "/enrichments/office", "").body().contains("Mailboxes that could not be read"));
  }

  @Test
  void whatCannotGoOnSaysWhy() throws IOException {
    consentAndWait();
    graph.expire();
    var secret = assertThrows(ProblemException.class, this::run);
    assertTrue(secret.getMessage().contains("AADSTS7000215"), secret.getMessage());
    assertFalse(secret.toString().contains("s3cret"));
    graph.renew();
    graph.elsewhere = "http://127.0.0.1:9";
    assertTrue(assertThrows(ProblemException.class, this::run).getMessage().contains("another host"));
    graph.elsewhere = "";
    graph.groupSize = 2_600;
    var many = assertThrows(ProblemException.class, this::run);
    assertTrue(many.getMessage().contains("2,603 mailboxes but must lead to 2 to 2,500"), many.getMessage());
    graph.groupSize = 0;
    graph.stop();
    assertThrows(ProblemException.class, this::run);
    graph.start();
  }

  @Test
  void nothingOfAnybodyStays() throws InterruptedException, IOException {
    var logged = new ListAppender<ILoggingEvent>();
    logged.start();
    var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(logged);
    try {
      consentAndWait();
      run();
    } finally {
      root.detachAppender(logged);
    }
    long facts = portrait.parts().warehouse().read(session -> session.first(
        Sql.of("SELECT count(*) FROM \"_Office_Facts\""), row -> row.number(1))).orElseThrow();
    assertTrue(facts > 0, "it is remembered in numbers");
    for (var event : logged.list) {
      assertFalse(event.getFormattedMessage().matches("(?s).*(zebra|stranger|s3cret).*"), event.getFormattedMessage());
    }
    portrait.close();
    try (var files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertFalse(text.contains("zebra") || text.contains("stranger@") || text.contains("s3cret"), file.toString());
      }
    }
    start();
    portrait.parts().definitions().delete("Enrichment", "office", "test");
    portrait.parts().jobs().latest("enrichment removal").ifPresent(job -> portrait.parts().jobs().await(job.id()));
    boolean isLeft = portrait.parts().warehouse().read(session -> session.exists("_Office_Facts"));
    assertFalse(isLeft);
  }
}
