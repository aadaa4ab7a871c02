package portrait.processes.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.app.Wiring;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Status;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.processes.backup.Backups;

/// Ann asks to be forgotten; Bob, who used the same laptop, does not.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class PrivacyTest {

  private static final String DEFINITIONS = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: contacts, path: contacts.csv, key: id, corrupt_limit: 90%, columns: [
              { name: id, type: string }, { name: name, type: string }, { name: born, type: date },
              { name: email, type: string, identity: email }, { name: login, type: string, identity: user_id } ] }
          - { name: loyalty, path: loyalty.csv, key: card, columns: [
              { name: card, type: string }, { name: mail, type: string }, { name: points, type: integer } ] }
          - { name: orders, path: orders.csv, key: order_id, columns: [
              { name: order_id, type: string }, { name: contact, type: string }, { name: at, type: timestamp },
              { name: total, type: number }, { name: note, type: string } ] }
          - { name: lines, path: lines.csv, key: line, columns: [
              { name: line, type: string }, { name: order_id, type: string }, { name: at, type: timestamp },
              { name: article, type: string } ] }
      ---
      kind: Unification
      name: customers
      spec:
        tables:
          - { table: shop.contacts, attributes: { name: name, email: email } }
          - { table: shop.loyalty, attributes: { email: mail, points: points } }
        rules:
          - { name: same mail, left: shop.loyalty, right: shop.contacts,
              conditions: [ { left: mail, right: email, normalise: [ lowercase, whitespace ] } ] }
      ---
      kind: Activity
      name: orders
      spec:
        title: Orders
        table: shop.orders
        customer: { column: contact, namespace: shop.contacts }
        timestamp: at
        event: Order Completed
        properties: { amount: total }
      ---
      kind: Activity
      name: articles
      spec:
        title: Articles
        table: shop.lines
        customer: { column: contact, namespace: shop.contacts, through: [ { from: order_id, table: shop.orders, to: order_id } ] }
        timestamp: at
        event: Article Bought
        properties: { article: article }
      ---
      kind: Measure
      name: revenue
      spec: { aggregate: sum, of: amount, event: Order Completed, default: 0 }
      ---
      kind: Segment
      name: buyers
      spec: { where: { measure: { revenue: { at_least: 10 } } } }
      ---
      kind: Segment
      name: friends
      spec: { title: Friends, static: true }
      """;

  /// What must not be found anywhere afterwards.
  private static final List<String> SECRETS = List.of("ann.secret@example.org", "login-of-ann", "laptop-of-ann",
      "contact-of-ann", "card-of-ann", "order-of-ann", "line-of-ann", "Annabella", "note-of-ann", "words-of-ann",
      "handbag-of-ann");

  private final TestDatabases.Product product;

  @TempDir
  Path folder;

  PrivacyTest(TestDatabases.Product product) {
    this.product = product;
  }

  @Test
  void nothingOfAPersonIsLeftAndNothingBringsThemBack() throws IOException {
    var home = Files.createDirectory(folder.resolve("home"));
    try (var portrait = TestPortrait.durable(home, product.settings(home))) {
      fill(portrait, home);
      for (String secret : SECRETS) {
        assertTrue(everything(portrait).stream().anyMatch(text -> text.contains(secret)), secret);
      }
      String annId = portrait.get("/api/v1/profiles/user_id/login-of-ann").path("customerId").asString();
      var bob = bob(portrait);
      check(portrait);
      var before = counts(portrait.parts().privacy().find(List.of(new Identity("email", "Ann.Secret@example.org"))));
      assertEquals(Map.ofEntries(Map.entry("identities", 5L), Map.entry("events", 3L), Map.entry("activities", 2L),
          Map.entry("attributes, by source", 3L), Map.entry("profiles", 1L), Map.entry("memberships of segments", 2L),
          Map.entry("refused messages", 1L), Map.entry("rows of shop.contacts", 1L),
          Map.entry("refused rows of shop.contacts", 1L),
          Map.entry("rows of shop.loyalty", 1L), Map.entry("rows of shop.orders", 1L),
          Map.entry("rows of shop.lines", 1L), Map.entry("rows of Customer", 1L),
          Map.entry("rows of UnifiedActivity", 5L), Map.entry("rows of Customer_Measure", 1L),
          Map.entry("rows of SegmentMembership", 2L)),
          without(before, "links between identities",
              "comings and goings"));

      erase(portrait, new Identity("email", "ann.secret@example.org"));

      assertGone(portrait, annId);
      assertEquals(bob, bob(portrait));
      check(portrait);
      assertEquals(404, portrait.exchange("GET", "/api/v1/profiles/customer/" + annId, "").statusCode());

      // The files still have her, applications still send her, and a refresh is due.
      Files.writeString(home.resolve("orders.csv"), ORDERS + "order-3,contact-of-bob,2026-11-20T10:00:00Z,5,\n");
      Files.writeString(home.resolve("contacts.csv"), CONTACTS + "contact-3,Cid,1990-01-01,cid@example.org,cid\n");
      for (int time = 0; time < 2; time++) {
        portrait.refresh();
        assertEquals(200, portrait.collect("/v1/identify", """
            {"userId": "login-of-ann", "anonymousId": "another-laptop", "messageId": "again-%d",
             "traits": {"name": "Annabella", "email": "ann.secret@example.org"}}""".formatted(time)).statusCode());
        portrait.collect("/v1/track", "{\"userId\": \"login-of-ann\", \"messageId\": \"bad-%d\", \"properties\": {}}"
            .formatted(time));
        assertGone(portrait, annId);
        assertEquals(2, portrait.get("/api/v1/tables/shop.contacts").path("rows").asInt());
      }
      check(portrait);
      assertTrue(portrait.parts().privacy().dropped() >= 2);

      var certificate = portrait.parts().privacy().certificates(10).getFirst();
      assertEquals(0, certificate.left());
      assertTrue(certificate.isGenuine());
      assertEquals(without(before, "entries", "files in this home"), counts(certificate.erased()));

      assertEquals(1, portrait.parts().privacy().lift(List.of(new Identity("user_id", "login-of-ann"))));
      portrait.collect("/v1/track", "{\"userId\": \"login-of-ann\", \"messageId\": \"back\", \"event\": \"Opened\"}");
      var back = portrait.get("/api/v1/profiles/user_id/login-of-ann");
      assertNotEquals(annId, back.path("customerId").asString());
      assertEquals(1, back.path("identities").size());
    }
  }

  @Test
  void whatIsKnownIsHandedOutAsPagesAndFiles() throws IOException {
    var home = Files.createDirectory(folder.resolve("home"));
    try (var portrait = TestPortrait.durable(home, product.settings(home))) {
      fill(portrait, home);
      var out = new ByteArrayOutputStream();
      portrait.parts().privacy().export(List.of(new Identity("email", "ann.secret@example.org"))).write(out);
      var files = new TreeMap<String, String>();
      try (var zip = new ZipInputStream(new ByteArrayInputStream(out.toByteArray()))) {
        for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
          files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
      assertEquals(List.of("audit.json", "events.json", "identities.json", "profile.json", "readme.html",
          "refused.json", "rows-shop.contacts.json", "rows-shop.lines.json", "rows-shop.loyalty.json",
          "rows-shop.orders.json", "segments.json"), List.copyOf(files.keySet()));
      String all = String.join("\n", files.values());
      SECRETS.forEach(secret -> assertTrue(all.contains(secret), secret));
      assertTrue(!all.contains("bob"), all);
    }
  }

  @Test
  void administratorsAskByApiAndOnThePageAndTheAuditTrailNamesNobody() throws IOException {
    var home = Files.createDirectory(folder.resolve("home"));
    try (var portrait = TestPortrait.durable(home, product.settings(home))) {
      fill(portrait, home);
      assertEquals(5, portrait.get("/api/v1/privacy/people/email/ann.secret@example.org").path("holdings").get(0)
          .path("count").asInt());
      assertEquals(404, portrait.exchange("GET",
          "/api/v1/privacy/people/customer/00000000-0000-0000-0000-000000000001/export", "").statusCode());
      assertTrue(portrait.exchange("GET", "/api/v1/privacy/people/email/ann.secret@example.org/export", "").body()
          .contains("readme.html"));
      String form = "namespace=email&value=ann.secret%40example.org";
      assertTrue(portrait.submit("/privacy", form).body().contains("rows of shop.loyalty"));
      assertEquals(400, portrait.exchange("POST", "/api/v1/privacy/erase", "{\"identities\": []}").statusCode());

      String asked = "{\"identities\": [{\"namespace\": \"email\", \"value\": \"ann.secret@example.org\"}]";
      assertEquals(200, portrait.exchange("POST", "/api/v1/privacy/erase", asked + ", \"dryRun\": true}").statusCode());
      assertEquals(200, portrait.exchange("GET", "/api/v1/profiles/user_id/login-of-ann", "").statusCode());
      assertEquals(303, portrait.submit("/privacy/erase", form + "&reason=request+7").statusCode());
      portrait.parts().jobs().await(portrait.parts().jobs().recent(10).stream()
          .filter(job -> job.name().equals(Privacy.JOB)).findFirst().orElseThrow().id());
      assertEquals(404, portrait.exchange("GET", "/api/v1/profiles/user_id/login-of-ann", "").statusCode());
      var certificate = portrait.get("/api/v1/privacy/certificates").path("certificates").get(0);
      assertEquals(certificate, portrait.get("/api/v1/privacy/certificates/" + certificate.path("id").asString()));
      assertEquals("request 7", certificate.path("reason").asString());

      for (var entry : portrait.parts().security().auditTrail(100)) {
        SECRETS.forEach(secret -> assertTrue(!(entry.target() + entry.detail()).contains(secret), entry.action()));
      }
    }
  }

  @Test
  void anOlderBackupBringsNobodyBack() throws IOException {
    var home = Files.createDirectory(folder.resolve("home"));
    Path backup;
    String annId;
    try (var portrait = TestPortrait.durable(home, product.settings(home))) {
      fill(portrait, home);
      annId = portrait.get("/api/v1/profiles/user_id/login-of-ann").path("customerId").asString();
      var started = portrait.parts().backups().start("test");
      assertEquals(Status.DONE, portrait.parts().jobs().await(started.job()).status());
      backup = Files.copy(portrait.parts().backups().file(started.name()), folder.resolve("copy.zip"));
      erase(portrait, new Identity("user_id", "login-of-ann"));
    }
    var restored = Files.createDirectory(folder.resolve("restored"));
    var store = product.settings(restored);
    Backups.restore(backup, store, WarehouseSettings.at(restored.resolve("warehouse.duckdb")), Wiring.MIGRATIONS,
        _ -> {});
    try (var portrait = TestPortrait.durable(restored, store)) {
      assertEquals(annId, portrait.get("/api/v1/profiles/user_id/login-of-ann").path("customerId").asString());
      assertEquals(Status.DONE,
          portrait.parts().privacy().replay(Privacy.listIn(home).orElseThrow()).orElseThrow().status());
      assertGone(portrait, annId);
      check(portrait);
      assertTrue(portrait.parts().privacy().replay(Privacy.listIn(home).orElseThrow()).isEmpty());
    }
  }

  @Test
  void whoIsUnknownIsKeptFromComingInAndACustomerIdMustLeadToSomebody() {
    try (var portrait = TestPortrait.in(folder, product.settings(folder))) {
      erase(portrait, new Identity("email", "never.seen@example.org"));
      portrait.collect("/v1/identify",
          "{\"userId\": \"n\", \"traits\": {\"email\": \"Never.Seen@example.org\"}, \"messageId\": \"m\"}");
      assertEquals(404, portrait.exchange("GET", "/api/v1/profiles/user_id/n", "").statusCode());

      var nobody = List.of(new Identity("customer", "00000000-0000-0000-0000-000000000001"));
      assertEquals(Problem.Code.UNKNOWN_PROFILE,
          assertThrows(ProblemException.class, () -> portrait.parts().privacy().find(nobody)).problem().code());
    }
  }

  private static void erase(TestPortrait portrait, Identity identity) {
    var started = portrait.parts().privacy().erase(List.of(identity), "request 7", "test");
    var job = portrait.parts().jobs().await(started.job());
    assertEquals(Status.DONE, job.status(), () -> String.valueOf(job.problem()));
    assertEquals("nothing is left", job.tasks().getLast().note());
    assertEquals(0, portrait.parts().privacy().certificate(started.certificate()).orElseThrow().left());
  }

  private static Map<String, Long> counts(List<Holding> holdings) {
    return holdings.stream().filter(holding -> holding.count() > 0)
        .collect(Collectors.toMap(Holding::what, Holding::count));
  }

  private static Map<String, Long> without(Map<String, Long> counts, String... names) {
    var fewer = new TreeMap<>(counts);
    List.of(names).forEach(fewer::remove);
    return fewer;
  }

  private static void assertGone(TestPortrait portrait, String customerId) throws IOException {
    var everything = everything(portrait);
    for (String secret : SECRETS) {
      assertEquals(List.of(), everything.stream().filter(text -> text.contains(secret)).toList(), secret);
    }
    // That this id is no more is told to whoever copies customers elsewhere, until the next refresh.
    assertEquals(List.of(), everything.stream().filter(text -> text.contains(customerId))
        .filter(text -> !text.startsWith("CustomerChange: {'Change': gone")).toList());
  }

  /// Every row of every table of both stores, as text.
  private static List<String> everything(TestPortrait portrait) throws IOException {
    var all = new ArrayList<String>();
    var store = new ByteArrayOutputStream();
    try (var snapshot = portrait.parts().database().snapshot()) {
      snapshot.write(store, _ -> {});
    }
    // Cut between the values, which are binary here and there.
    all.addAll(List.of(store.toString(StandardCharsets.ISO_8859_1).split("\\x03\\x00\\x00")));
    portrait.parts().warehouse().read(session -> {
      for (String table : session.query(Sql.of("SELECT table_name FROM duckdb_tables() ORDER BY 1"),
          row -> row.text(1))) {
        session.each(Sql.format("SELECT CAST(t AS VARCHAR) FROM {} AS t", Sql.name(table)),
            row -> all.add(table + ": " + row.text(1)));
      }
      return true;
    });
    return all;
  }

  private static final String CONTACTS = """
      id,name,born,email,login
      contact-of-ann,Annabella,1980-02-03,Ann.Secret@Example.org,login-of-ann
      contact-of-ann-2,Annabella,long ago,ann.secret@example.org,login-of-ann
      contact-of-bob,Bob,1981-02-03,bob@example.org,bob
      """;
  private static final String ORDERS = """
      order_id,contact,at,total,note
      order-of-ann,contact-of-ann,2026-11-20T10:00:00Z,25,note-of-ann
      order-2,contact-of-bob,2026-11-20T10:00:00Z,30,
      """;

  private static void fill(TestPortrait portrait, Path home) throws IOException {
    Files.writeString(home.resolve("contacts.csv"), CONTACTS);
    Files.writeString(home.resolve("orders.csv"), ORDERS);
    Files.writeString(home.resolve("loyalty.csv"), """
        card,mail,points
        card-of-ann,ANN.SECRET@example.org,7
        card-2,cid@example.org,8
        """);
    Files.writeString(home.resolve("lines.csv"), """
        line,order_id,at,article
        line-of-ann,order-of-ann,2026-11-20T10:00:00Z,handbag-of-ann
        line-2,order-2,2026-11-20T10:00:00Z,hat
        """);
    portrait.apply(DEFINITIONS);
    for (String message : List.of(
        "\"anonymousId\": \"laptop-of-ann\", \"userId\": \"bob\", \"event\": \"Opened\"",
        "\"anonymousId\": \"laptop-of-ann\", \"userId\": \"login-of-ann\", \"event\": \"Opened\", "
            + "\"properties\": {\"said\": \"words-of-ann\"}",
        "\"anonymousId\": \"laptop-of-ann\", \"event\": \"Opened\"")) {
      assertEquals(200, portrait.collect("/v1/track",
          "{\"messageId\": \"m%d\", %s}".formatted(message.hashCode(), message)).statusCode());
      portrait.pass(Duration.ofHours(2));
    }
    assertEquals(200, portrait.collect("/v1/identify", """
        {"userId": "login-of-ann", "messageId": "i", "traits": {"email": "ann.secret@example.org", "name": "Annabella"}}
        """).statusCode());
    portrait.collect("/v1/track", "{\"userId\": \"login-of-ann\", \"messageId\": \"bad\", \"properties\": {}}");
    portrait.refresh();
    portrait.parts().live().enlist("friends", List.of(new Identity("user_id", "login-of-ann")));
    portrait.refresh();
  }

  private static String bob(TestPortrait portrait) {
    var bob = portrait.get("/api/v1/profiles/user_id/bob");
    return "%s %s %s %s".formatted(bob.path("customerId"), bob.path("measures"), bob.path("segments"),
        bob.path("attributes"));
  }

  private static void check(TestPortrait portrait) {
    assertEquals(List.of(), portrait.rebuild(true));
  }
}
