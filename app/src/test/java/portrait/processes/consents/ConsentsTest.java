package portrait.processes.consents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Progress;
import portrait.foundation.jobs.Status;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Role;
import portrait.foundation.warehouse.Sql;
import tools.jackson.databind.JsonNode;

/// Consent from messages, tables and people; what it does to segments and exports.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class ConsentsTest {

  private static final String DEFINITIONS = """
      kind: Purpose
      name: newsletter
      spec: { title: Newsletter }
      ---
      kind: Purpose
      name: profiling
      spec: { unknown: granted }
      ---
      kind: Source
      name: shop
      spec:
        tables:
          - { name: contacts, path: contacts.csv, key: id, updated: changed, columns: [
              { name: id, type: string }, { name: mail, type: string, identity: email },
              { name: optin, type: string, consent: newsletter }, { name: changed, type: timestamp } ] }
      ---
      kind: Unification
      name: customers
      spec: { tables: [ { table: shop.contacts } ] }
      ---
      kind: Segment
      name: readers
      spec: { where: "city = 'Lyon'", purpose: newsletter }
      ---
      kind: Segment
      name: profiled
      spec: { where: "city = 'Lyon'", purpose: profiling }
      ---
      kind: Segment
      name: friends
      spec: { static: true, purpose: newsletter }
      """;

  @TempDir
  Path home;
  @Parameter
  TestDatabases.Product product;
  private TestPortrait portrait;

  @BeforeEach
  void open() throws IOException {
    Files.writeString(home.resolve("contacts.csv"), "id,mail,optin,changed\n");
    portrait = TestPortrait.in(home, product.settings(home));
    portrait.apply(DEFINITIONS);
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  private void identify(String user, String traits) {
    portrait.passUnnoticed(Duration.ofSeconds(1));
    assertEquals(200, portrait.collect("/v1/identify", """
        {"userId": "%s", "traits": %s}""".formatted(user, traits)).statusCode());
  }

  private JsonNode consent(String identity, String purpose) {
    return portrait.get("/api/v1/profiles/%s/consents".formatted(identity)).path("consents").valueStream()
        .filter(each -> each.path("purpose").asString().equals(purpose)).findFirst().orElseThrow();
  }

  private String segments(String identity) {
    return String.join(" ", portrait.get("/api/v1/profiles/" + identity).path("segments").valueStream()
        .map(JsonNode::asString).toList());
  }

  @Test
  void aLibraryWithConsentSaysWhatTheyAgreeToAndWithdrawalCountsAtOnce() {
    identify("ann", "{\"city\": \"Lyon\"}");
    assertEquals("profiled", segments("user_id/ann"), "silence is a no to one purpose and a yes to the other");

    portrait.passUnnoticed(Duration.ofSeconds(1));
    portrait.collect("/v1/track", """
        {"userId": "ann", "event": "Signed Up",
         "context": {"consent": {"categoryPreferences": {"Newsletter": true, "Profiling": false}}}}""");

    assertEquals("readers", segments("user_id/ann"));
    var said = consent("user_id/ann", "newsletter");
    assertEquals("granted true live ann", "%s %s %s %s".formatted(said.path("status").asString(), said.path("allowed"),
        said.path("source").asString(), said.path("identity").path("value").asString()));
    assertEquals(portrait.now().toString(), said.path("since").asString());

    identify("ann", "{\"consent\": {\"newsletter\": \"no\"}}");
    assertEquals("", segments("user_id/ann"));
    var left = portrait.get("/api/v1/segments/readers/history").path("changes").get(0);
    assertFalse(left.path("entered").asBoolean());
    assertTrue(left.path("why").asString().contains("attribute consent.newsletter"), left.toString());
  }

  @Test
  void aTableSaysSoAndTheNewestWordWinsAcrossIdentitiesAndMerges() throws IOException {
    Files.writeString(home.resolve("contacts.csv"), """
        id,mail,optin,changed
        1,ann@example.org,yes,2026-01-01T00:00:00Z
        2,bob@example.org,no,2026-01-01T00:00:00Z
        3,cleo@example.org,,2026-01-01T00:00:00Z
        """);
    identify("ann", "{\"consent.newsletter\": false}");
    portrait.refresh();
    assertEquals("granted denied unknown", "%s %s %s".formatted(
        consent("email/ann@example.org", "newsletter").path("status").asString(),
        consent("email/bob@example.org", "newsletter").path("status").asString(),
        consent("email/cleo@example.org", "newsletter").path("status").asString()));

    // Ann of the table and Ann of the shop turn out to be one: she said no later than the table says yes.
    identify("ann", "{\"email\": \"ann@example.org\"}");
    portrait.collect("/v1/identify", "{\"userId\": \"ann\", \"traits\": {\"email\": \"ann@example.org\"}}");
    var merged = consent("email/ann@example.org", "newsletter");
    assertEquals("denied live 2",
        "%s %s %d".formatted(merged.path("status").asString(), merged.path("source").asString(),
            merged.path("said").size()));

    var counts = portrait.get("/api/v1/consents").path("purposes").get(0);
    assertEquals("newsletter 1 2 1", "%s %d %d %d".formatted(counts.path("purpose").asString(),
        counts.path("granted").asLong(), counts.path("denied").asLong(), counts.path("unknown").asLong()));
  }

  @Test
  void somebodyIsAskedOnThePhoneAndItIsWrittenDown() {
    identify("ann", "{\"city\": \"Lyon\"}");
    String id = portrait.get("/api/v1/profiles/user_id/ann").path("customerId").asString();

    portrait.passUnnoticed(Duration.ofSeconds(1));
    var said = portrait.exchange("PUT", "/api/v1/profiles/customer/%s/consents/newsletter".formatted(id),
        "{\"status\": \"granted\"}");

    assertEquals(200, said.statusCode(), said.body());
    assertEquals("profiled readers", segments("user_id/ann"));
    assertEquals("Consent Changed",
        portrait.get("/api/v1/profiles/user_id/ann/events").path("events").get(0).path("name").asString());
    assertEquals(400, portrait.exchange("PUT", "/api/v1/profiles/user_id/ann/consents/newsletter",
        "{\"status\": \"perhaps\"}").statusCode());
    portrait.passUnnoticed(Duration.ofSeconds(1));
    assertEquals(303, portrait.submit("/customers/%s/consent".formatted(id), "purpose=newsletter&status=denied")
        .statusCode());
    assertEquals("profiled", segments("user_id/ann"));
    assertTrue(portrait.exchange("GET", "/customers/" + id, "").body().contains("does not agree"));
    assertTrue(portrait.exchange("GET", "/consent", "").body().contains("Newsletter"));
  }

  @Test
  void aListKeepsWhomItNamesAndOnlyThoseWhoAgreeAreMembers() {
    identify("ann", "{\"city\": \"Paris\"}");
    portrait.exchange("POST", "/api/v1/segments/friends/members",
        "{\"namespace\": \"user_id\", \"values\": [\"ann\"]}");
    assertEquals("", segments("user_id/ann"));

    identify("ann", "{\"consent.newsletter\": true}");

    assertEquals("friends", segments("user_id/ann"));
    portrait.refresh();
    assertEquals("friends", segments("user_id/ann"));
    assertEquals(1, rows("SELECT count(*) FROM \"SegmentMembership\" WHERE \"Segment\" = 'friends'"));
  }

  private long rows(String sql) {
    return portrait.parts().warehouse().read(session -> session.first(Sql.of(sql), row -> row.number(1))).orElseThrow();
  }

  @Test
  void estimatesAndExportsSayHowManyAreLeftOut() throws Exception {
    for (int i = 0; i < 5; i++) {
      identify("u" + i, "{\"city\": \"Lyon\", \"consent.newsletter\": %s}".formatted(i < 2));
    }
    portrait.refresh();
    var estimate = portrait.exchange("POST", "/api/v1/segments/estimate",
        "{\"where\": \"city = 'Lyon'\", \"purpose\": \"newsletter\"}");
    assertTrue(estimate.body().contains("\"estimate\":2"), estimate.body());
    assertTrue(estimate.body().contains("\"withoutConsent\":3"), estimate.body());

    portrait.apply("""
        kind: Connection
        name: here
        spec: { type: disk, settings: { folder: out } }
        ---
        kind: Export
        name: mails
        spec: { connection: here, columns: [ city ], purpose: newsletter, settings: { format: csv } }
        """);
    portrait.parts().connections().agree("here", Connections.PRIVACY_TEXT, "test");
    assertEquals(3, portrait.parts().exports().dryRun("mails", false).counts().withoutConsent());

    var run = portrait.parts().exports().run("mails", false, Progress.silent(), "test");
    assertEquals("2 3", run.counts().entered() + " " + run.counts().withoutConsent());

    identify("u0", "{\"consent.newsletter\": false}");
    portrait.passUnnoticed(Duration.ofSeconds(1));
    var next = portrait.parts().exports().run("mails", false, Progress.silent(), "test");
    assertEquals("0 1 4", "%d %d %d".formatted(next.counts().entered(), next.counts().left(),
        next.counts().withoutConsent()));
    assertEquals(4, portrait.get("/api/v1/exports/mails/runs").path("runs").get(0).path("counts").path("withoutConsent")
        .asLong());
  }

  @Test
  void whatCountsByDefaultIsRespectedByEverythingAndOnlyAdministratorsTakeSomethingOut() {
    identify("ann", "{\"city\": \"Lyon\"}");
    portrait.apply("""
        kind: Segment
        name: all
        spec: { where: "city = 'Lyon'" }
        """);
    portrait.rollOut();
    assertEquals("all profiled", segments("user_id/ann"));

    portrait.apply("""
        kind: Purpose
        name: newsletter
        spec: { default_for: [ segments, exports ] }
        """);
    portrait.rollOut();
    assertEquals("", segments("user_id/ann"));

    String exempt = "kind: Segment\nname: all\nspec: { where: \"city = 'Lyon'\", purpose: none }";
    String key = portrait.parts().security().createKey(Role.CONTRIBUTOR, "test").key().reveal();
    assertEquals(403, portrait.exchange("POST", "/api/v1/definitions", exempt, Map.of("Authorization", "Bearer " + key))
        .statusCode());
    portrait.apply(exempt);
    portrait.rollOut();
    assertEquals("all", segments("user_id/ann"));
    assertThrows(ProblemException.class, () -> portrait.apply("""
        kind: Segment
        name: all
        spec: { where: "city = 'Lyon'", purpose: nobody-defined-this }
        """));
    assertThrows(ProblemException.class, () -> portrait.parts().definitions().delete("Purpose", "newsletter", "test"),
        "a purpose that a segment names stays");
  }

  @Test
  void anErasureTakesItAlong() {
    identify("ann", "{\"consent.newsletter\": true}");
    var erased = portrait.parts().privacy().erase(
        java.util.List.of(new portrait.foundation.model.Identity("user_id", "ann")), "asked", "test");
    assertEquals(Status.DONE, portrait.parts().jobs().await(erased.job()).status());

    assertEquals(404, portrait.exchange("GET", "/api/v1/profiles/user_id/ann/consents", "").statusCode());
    assertEquals(409, portrait.exchange("PUT", "/api/v1/profiles/user_id/ann/consents/newsletter",
        "{\"status\": \"granted\"}").statusCode(), "nothing is taken in about whoever was erased");
  }

  /// Random words by random ways; every customer is then in the segments by SQL that they are in live.
  @Test
  void liveAndBatchAgreeWhoMayBeAddressed() throws IOException {
    long seed = 20_261_122;
    var random = new Random(seed);
    var words = new String[]{"yes", "no", "", "unknown", "1", "pending"};
    var rows = new StringBuilder("id,mail,optin,changed\n");
    for (int i = 0; i < 40; i++) {
      rows.append("%d,u%d@example.org,%s,%s\n".formatted(i, random.nextInt(20), words[random.nextInt(words.length)],
          random.nextInt(4) == 0 ? "" : "2026-11-22T12:00:0%dZ".formatted(random.nextInt(3))));
    }
    Files.writeString(home.resolve("contacts.csv"), rows);
    var batch = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      batch.append(batch.isEmpty() ? "" : ",").append("""
          {"type": "identify", "userId": "u%1$d", "timestamp": "2026-11-22T12:00:0%2$dZ",
           "traits": {"email": "u%1$d@example.org", "city": "Lyon"%3$s}}""".formatted(random.nextInt(20),
          random.nextInt(3), random.nextBoolean() ? ", \"consent.newsletter\": \"" + words[random.nextInt(6)] + "\""
              : ", \"consent.profiling\": " + random.nextBoolean()));
    }
    assertEquals(200, portrait.collect("/v1/batch", "{\"batch\": [" + batch + "]}").statusCode());
    portrait.refresh();

    var bySql = new TreeMap<String, TreeSet<String>>();
    portrait.parts().warehouse().read(session -> {
      session.each(Sql.of("SELECT \"CustomerId\", \"Segment\" FROM \"SegmentMembership\""),
          row -> bySql.computeIfAbsent(row.text(1), _ -> new TreeSet<>()).add(row.text(2)));
      return true;
    });
    var live = new TreeMap<String, TreeSet<String>>();
    for (int i = 0; i < 20; i++) {
      var found = portrait.exchange("GET", "/api/v1/profiles/email/u%d@example.org".formatted(i), "");
      if (found.statusCode() == 200) {
        var profile = portrait.get("/api/v1/profiles/email/u%d@example.org".formatted(i));
        profile.path("segments").forEach(segment -> live.computeIfAbsent(profile.path("customerId").asString(),
            _ -> new TreeSet<>()).add(segment.asString()));
      }
    }
    assertFalse(live.isEmpty());
    assertEquals(live, bySql, "seed " + seed);
  }
}
