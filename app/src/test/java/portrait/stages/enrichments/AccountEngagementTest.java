package portrait.stages.enrichments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.Sql;

/// Mail and meetings with accounts, from files to what is shown about the account; and what must not stay.
class AccountEngagementTest {

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
  private static final String ENGAGEMENT = """
      kind: Enrichment
      name: engagement
      spec:
        provider: engagement
        about: accounts
        settings: { folder: mail, addresses: "ann@shop.example, bob@shop.example", contacts: shop.contacts,
          email: email, agreed: true }
        inputs: { account: AccountId }
        attributes: { EngagementScore: EngagementScore, NoOfEmails_ToAccount: NoOfEmails_ToAccount,
          DaysSinceLastEmail: DaysSinceLastEmail }
        output: Office
      """;

  @TempDir
  Path home;
  private TestPortrait portrait;

  @BeforeEach
  void open() throws IOException {
    Files.writeString(home.resolve("contacts.csv"), "id,email,company\np1,Marie@acme.example,c1\np2,,c2\n");
    Files.writeString(home.resolve("companies.csv"), "id,name\nc1,Acme SA\nc2,Globex\n");
    portrait = TestPortrait.durable(home, TestDatabases.Product.SQLITE.settings(home));
    portrait.apply(SHOP);
    portrait.refresh();
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  private void mail(String file, String id) throws IOException {
    Files.writeString(Files.createDirectories(home.resolve("mail")).resolve(file), """
        Message-ID: <%s@shop.example>
        Date: %s
        From: ann@shop.example
        To: Marie@acme.example, outsider-zebra@elsewhere.example
        Subject: subject-zebra

        body-zebra
        """.formatted(id, DateTimeFormatter.RFC_1123_DATE_TIME.format(
        portrait.now().minusSeconds(86_400).atOffset(ZoneOffset.UTC))));
  }

  private long count(String table) {
    return portrait.parts().warehouse().read(session -> session.first(
        Sql.format("SELECT count(*) FROM {}", Sql.name(table)), row -> row.number(1))).orElseThrow();
  }

  @Test
  void accountsShowTheirEngagementAndNothingElseStays() throws IOException, InterruptedException {
    var logged = new ListAppender<ILoggingEvent>();
    logged.start();
    var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(logged);
    try {
      mail("a.eml", "message-zebra");
      mail("copy of a.eml", "message-zebra");
      mail("b.eml", "another");
      portrait.apply(ENGAGEMENT);
      var report = portrait.parts().enrichments().run("engagement", Progress.silent(), "test");
      assertEquals("1 of 2", "%d of %d".formatted(report.counts().enriched(), report.counts().customers()));
    } finally {
      root.detachAppender(logged);
    }
    var acme = portrait.get("/api/v1/accounts/shop.companies/c1").path("attributes");
    assertEquals("75 2 1", "%s %s %s".formatted(acme.path("EngagementScore").asString(),
        acme.path("NoOfEmails_ToAccount").asString(), acme.path("DaysSinceLastEmail").asString()), acme.toString());
    assertEquals(2, count("Office_UserEntity"));
    assertEquals(1, count("Office_Coverage"));
    assertTrue(count("Office_Periods") >= 3);
    assertShown();

    for (var event : logged.list) {
      assertFalse(event.getFormattedMessage().contains("zebra"), event.getFormattedMessage());
    }
    try (var files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).filter(file -> !file.startsWith(home.resolve("mail")))
          .toList()) {
        assertFalse(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains("zebra"),
            file.toString());
      }
    }

    portrait.parts().definitions().delete("Enrichment", "engagement", "test");
    portrait.parts().jobs().latest("enrichment removal").ifPresent(job -> portrait.parts().jobs().await(job.id()));
    boolean isLeft = portrait.parts().warehouse().read(session -> session.exists("Office_Periods"));
    assertFalse(isLeft);
  }

  private void assertShown() {
    String results = portrait.exchange("GET", "/enrichments/engagement", "").body();
    assertTrue(results.contains("/accounts/") && results.contains("Addresses with mail or meetings"), results);
    var coverage = portrait.get("/api/v1/enrichments/engagement").path("coverage");
    assertEquals("2 1 2 2", "%d %d %d %d".formatted(coverage.path("addressesSelected").asLong(),
        coverage.path("addressesProcessed").asLong(), coverage.path("emails").asLong(),
        coverage.path("days").asLong()), coverage.toString());

    var acme = portrait.get("/api/v1/accounts/shop.companies/c1");
    var engagement = acme.path("engagement");
    assertEquals("engagement 75 2 0 2 13", "%s %d %d %d %d %d".formatted(engagement.path("enrichment").asString(),
        engagement.path("score").asLong(), engagement.path("emails").asLong(), engagement.path("meetings").asLong(),
        engagement.path("daysCovered").asLong(), engagement.path("months").size()), engagement.toString());
    assertEquals(2, engagement.path("months").valueStream().mapToLong(month -> month.path("emails").asLong()).sum());
    String card = portrait.exchange("GET", "/accounts/" + acme.path("accountId").asString(), "").body();
    assertTrue(card.contains("data-bars=\"mails-table\"") && card.contains("data-bars=\"meetings-table\""), card);
    var silent = portrait.get("/api/v1/accounts/shop.companies/c2").path("engagement");
    assertTrue(silent.path("score").isNull() && silent.path("emails").asLong(1) == 0, silent.toString());

    var periods = portrait.get("/odata/v4/Office_Periods?$filter=AggregationLevel%20eq%20'month'&$expand=Account")
        .path("value");
    assertEquals(acme.path("accountId").asString(), periods.path(0).path("Account").path("AccountId").asString(),
        periods.toString());
    assertEquals(2, portrait.get("/odata/v4/Office_UserEntity").path("value").size());
    assertEquals(2, portrait.get("/odata/v4/Office_Coverage").path("value").path(0).path("EmailsProcessed").asLong());
  }

  @Test
  void nobodyIsCountedUnlessSomebodyAgrees() {
    var refused = assertThrows(ProblemException.class,
        () -> portrait.apply(ENGAGEMENT.replace("agreed: true", "agreed: false").replace(", bob@shop.example", "")));
    var message = refused.problem().toString();
    assertTrue(message.contains("must have 2 to 2,500") && message.contains("somebody must agree first"), message);
    for (String folder : List.of("/etc", "mail/../../elsewhere")) {
      assertThrows(ProblemException.class,
          () -> portrait.apply(ENGAGEMENT.replace("folder: mail", "folder: " + folder)),
          folder);
    }
  }
}
