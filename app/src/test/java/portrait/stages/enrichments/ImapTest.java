package portrait.stages.enrichments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.icegreen.greenmail.imap.AuthorizationException;
import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.Flags;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import portrait.TestPortrait;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.warehouse.Sql;

/// Mail with accounts, counted from a mailbox on a mail server.
class ImapTest extends CountContract {

  private static final String USER = "archive@shop.example";
  private static final String PASSWORD = "pass-zebra&more";
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
  private static final String FROM_MAILBOX = """
      kind: Enrichment
      name: office
      spec:
        provider: imap
        connection: mailbox
        about: accounts
        settings: { addresses: "ann@shop.example, bob@shop.example", contacts: shop.contacts, email: email, agreed: true }
        inputs: { account: AccountId }
        attributes: { EngagementScore: EngagementScore }
        output: Office
      """;
  private static final String FROM_FILES = FROM_MAILBOX.replace("name: office", "name: files")
      .replace("provider: imap", "provider: engagement").replace("  connection: mailbox\n", "")
      .replace("settings: {", "settings: { folder: mail,").replace("Office", "Files");

  private final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", "imap"));
  private GreenMailUser user;
  private Optional<HangingLine> line = Optional.empty();

  @BeforeEach
  void open() throws IOException, FolderException, AuthorizationException {
    server.start();
    user = server.setUser(USER, USER, PASSWORD);
    server.getManagers().getImapHostManager().createMailbox(user, "Sent");
    Files.createDirectories(home.resolve("mail"));
    Files.writeString(home.resolve("contacts.csv"),
        "id,email,company\np1,marie@acme.example,c1\np2,gil@globex.example,c2\n");
    Files.writeString(home.resolve("companies.csv"), "id,name\nc1,Acme SA\nc2,Globex\n");
    portrait = TestPortrait.durable(home, TestDatabases.Product.SQLITE.settings(home));
    portrait.apply(SHOP);
    portrait.refresh();
    connect(PASSWORD);
    portrait.apply(FROM_MAILBOX);
  }

  @AfterEach
  void close() throws IOException {
    portrait.close();
    server.stop();
    if (line.isPresent()) {
      line.get().close();
    }
  }

  @Override
  void hangAtTheSecondPlace(Instant at) throws IOException, MessagingException, FolderException {
    var ago = Duration.between(at, portrait.now());
    mail("INBOX", "m1", "", ago, "ann@shop.example", "marie@acme.example");
    mail("INBOX", "m2", "m1", ago.minusHours(1), "marie@acme.example", "ann@shop.example");
    mail("Sent", "m3", "", ago, "bob@shop.example", "gil@globex.example");
    var hanging = new HangingLine(server.getImap().getPort(), "EXAMINE Sent");
    line = Optional.of(hanging);
    connect(PASSWORD, hanging.port());
  }

  @Override
  void awaitHanging() throws InterruptedException {
    line.orElseThrow().awaitHanging();
  }

  @Override
  void emptyTheFirstPlace() throws FolderException {
    server.getManagers().getImapHostManager().getFolder(user, "INBOX").deleteAllMessages();
  }

  @Override
  List<String> furtherHosts() {
    return List.of();
  }

  private void connect(String password) {
    connect(password, server.getImap().getPort());
  }

  private void connect(String password, int port) {
    portrait.parts().connections().putSecret("mailbox.password", Secret.of(password), "test");
    portrait.apply("""
        kind: Connection
        name: mailbox
        spec: { type: imap, settings: { host: 127.0.0.1, port: %d, security: none, user: %s,
          password: { secret: mailbox.password } } }
        """.formatted(port, USER));
    portrait.parts().connections().agree("mailbox", Connections.PRIVACY_TEXT, "test");
  }

  /// Puts a message into a folder of the mailbox, and into a file.
  private void mail(String folder, String id, String answered, Duration ago, String from, String to)
      throws IOException, MessagingException, FolderException {
    String message = """
        Message-ID: <%s@shop.example>
        References: %s
        Date: %s
        From: %s
        To: %s, outsider-zebra@elsewhere.example
        Subject: subject-zebra

        body-zebra
        """.formatted(id, answered.isEmpty() ? "" : "<%s@shop.example>".formatted(answered),
        DateTimeFormatter.RFC_1123_DATE_TIME.format(portrait.now().minus(ago).atOffset(ZoneOffset.UTC)), from, to);
    Files.writeString(home.resolve("mail").resolve(id + ".eml"), message);
    server.getManagers().getImapHostManager().getFolder(user, folder).appendMessage(
        new MimeMessage(Session.getInstance(new Properties()),
            new ByteArrayInputStream(message.getBytes(StandardCharsets.UTF_8))),
        new Flags(), new Date());
  }

  private void run(String enrichment) throws InterruptedException {
    portrait.parts().enrichments().run(enrichment, Progress.silent(), "test");
  }

  private List<String> periods(String output) {
    return portrait.parts().warehouse().read(session -> session.query(
        Sql.format("SELECT * EXCLUDE \"PrimaryKey\" FROM {} ORDER BY ALL", Sql.name(output + "_Periods")), row -> {
          var values = new ArrayList<String>();
          for (int place = 1; place <= row.columns(); place++) {
            values.add(String.valueOf(row.value(place)));
          }
          return String.join(" ", values);
        }));
  }

  @Test
  void aMailboxTellsTheSameAsTheFilesOfItsMessages()
      throws IOException, MessagingException, FolderException, InterruptedException {
    mail("Sent", "m1", "", Duration.ofDays(20), "ann@shop.example", "marie@acme.example");
    mail("INBOX", "m2", "m1", Duration.ofDays(19), "Marie@ACME.example", "ann@shop.example");
    mail("INBOX", "m3", "", Duration.ofDays(3), "gil@globex.example", "bob@shop.example");
    mail("INBOX", "long-ago", "", Duration.ofDays(400), "gil@globex.example", "bob@shop.example");
    portrait.apply(FROM_FILES);
    run("files");
    run("office");
    assertEquals(periods("Files"), periods("Office"));
    var coverage = portrait.get("/api/v1/enrichments/office").path("coverage");
    assertEquals("2 2 3", "%d %d %d".formatted(coverage.path("addressesSelected").asLong(),
        coverage.path("addressesProcessed").asLong(), coverage.path("emails").asLong()), coverage.toString());

    // What was read is not read again: it counts although the server does not have it any more.
    server.getManagers().getImapHostManager().getFolder(user, "INBOX").deleteAllMessages();
    mail("INBOX", "m4", "", Duration.ofDays(1), "gil@globex.example", "ann@shop.example");
    run("files");
    run("office");
    assertEquals(periods("Files"), periods("Office"));
    run("office");
    assertEquals(periods("Files"), periods("Office"));
  }

  @Test
  void nothingOfWhatWasSaidStays() throws IOException, MessagingException, FolderException, InterruptedException {
    var logged = new ListAppender<ILoggingEvent>();
    logged.start();
    var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(logged);
    try {
      mail("INBOX", "message-zebra", "", Duration.ofDays(2), "ann@shop.example", "marie@acme.example");
      Files.delete(home.resolve("mail/message-zebra.eml"));
      run("office");
    } finally {
      root.detachAppender(logged);
    }
    assertEquals(1, portrait.get("/api/v1/enrichments/office").path("coverage").path("emails").asLong());
    logged.list.stream().filter(event -> event.getLoggerName().startsWith("portrait"))
        .forEach(event -> assertFalse(event.getFormattedMessage().contains("zebra"), event.getFormattedMessage()));
    try (var files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains("zebra"),
            file.toString());
      }
    }
    var inbox = server.getManagers().getImapHostManager().getFolder(user, "INBOX");
    assertTrue(
        inbox.getNonDeletedMessages().stream().noneMatch(message -> message.getFlags().contains(Flags.Flag.SEEN)),
        "nothing is marked as read");
  }

  @Test
  void whatIsWrongIsToldWithoutThePassword() {
    connect("another-zebra");
    var refused = assertThrows(ProblemException.class, () -> run("office")).problem().toString();
    assertTrue(refused.contains("does not accept user and password"), refused);
    assertFalse(refused.contains("zebra"), refused);

    connect(PASSWORD);
    assertEquals("127.0.0.1 lets Portrait read the mailbox; 0 messages are in INBOX",
        portrait.parts().enrichments().verify(portrait.parts().connections().one("mailbox")).orElseThrow());
    portrait.apply(FROM_MAILBOX.replace("settings: {", "settings: { folders: \"INBOX, Elsewhere\","));
    var missing = assertThrows(ProblemException.class, () -> run("office")).problem().toString();
    assertTrue(missing.contains("no folder 'Elsewhere'") && missing.contains("INBOX, Sent"), missing);

    server.stop();
    var gone = assertThrows(ProblemException.class, () -> run("office")).problem().toString();
    assertTrue(gone.contains("cannot be reached") && !gone.contains("zebra"), gone);
  }
}
