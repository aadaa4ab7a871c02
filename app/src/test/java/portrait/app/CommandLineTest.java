package portrait.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.doors.cli.Home;
import portrait.doors.cli.PortraitCommand;
import tools.jackson.databind.json.JsonMapper;

/// Commands as people type them, on homes of their own.
class CommandLineTest {

  private static final String SHOP = """
      kind: Source
      name: shop
      spec:
        title: Shop
        tables:
          - name: contacts
            key: id
            columns:
              - { name: id, type: string }
              - { name: mail, type: string, identity: email }
              - { name: city, type: string }
      ---
      kind: Unification
      name: customers
      spec:
        tables:
          - { table: shop.contacts, include_all: true }
      ---
      kind: Segment
      name: lyon
      spec: { title: Lives in Lyon, where: "city = 'Lyon'" }
      """;

  @TempDir
  Path folder;

  private record Outcome(int exitCode, String out, String err) {}

  @Test
  void helpSaysWhatACommandTakes() {
    assertEquals(portrait("--help").out(), portrait("help").out());
    assertEquals(portrait("key", "--help").out(), portrait("help", "key").out());
  }

  @Test
  void fromFilesToACustomerLookedUp() throws IOException {
    var definitions = Files.writeString(folder.resolve("shop.yaml"), SHOP);
    var contacts = Files.writeString(folder.resolve("contacts.csv"), """
        id,mail,city
        1,ann@example.org,Lyon
        2,bob@example.org,Oslo
        """);

    var applied = portrait("apply", "-f", definitions.toString());
    assertEquals("""
        Segment/lyon created, version 1
        Source/shop created, version 1
        Unification/customers created, version 1
        """, sorted(applied.out()), applied.err());
    var loaded = portrait("load", "shop.contacts", contacts.toString());
    assertEquals("shop.contacts: 2 rows read, 0 refused, 2 changed, 0 unchanged, 0 deleted\n", loaded.out(),
        loaded.err());
    assertEquals(0, portrait("refresh").exitCode());

    var ann = portrait("profile", "email", "ann@example.org", "--json");
    assertEquals(0, ann.exitCode(), ann.err());
    var profile = JsonMapper.builder().build().readTree(ann.out());
    assertTrue(profile.path("known").asBoolean());
    assertEquals("lyon", profile.path("segments").path(0).asString());
    assertTrue(portrait("segments").out().contains("1  lyon"));
  }

  @Test
  void aBackupIsCheckedAndRestoredIntoAnEmptyHomeOnly() throws IOException {
    fromFilesToACustomerLookedUp();
    var backups = Files.createDirectory(folder.resolve("backups"));

    var made = portrait("backup", backups.toString(), "--json");
    assertEquals(0, made.exitCode(), made.err());
    String file = JsonMapper.builder().build().readTree(made.out()).path("file").asString();
    try (var files = Files.list(backups)) {
      assertEquals(List.of(file), files.map(Path::toString).toList());
    }
    var checked = portrait("doctor", "--backup", file);
    assertEquals(0, checked.exitCode(), checked.out());
    assertTrue(checked.out().startsWith("ok    backup"), checked.out());

    var refused = portrait("restore", file);
    assertEquals(1, refused.exitCode());
    assertTrue(refused.err().contains("is not empty, and a restore replaces nothing"), refused.err());

    var restored = portrait("restore", file, "--home", folder.resolve("elsewhere").toString());
    assertEquals(0, restored.exitCode(), restored.err());
    var ann = portrait("profile", "email", "ann@example.org", "--json", "--home",
        folder.resolve("elsewhere").toString());
    assertEquals("lyon", JsonMapper.builder().build().readTree(ann.out()).path("segments").path(0).asString());
    var rebuild = portrait("rebuild", "--check", "--home", folder.resolve("elsewhere").toString());
    assertEquals(0, rebuild.exitCode(), rebuild.out());

    assertTrue(portrait("privacy", "erase", "email", "ANN@example.org", "--dry-run").out()
        .contains("         1  warehouse: rows of shop.contacts"));
    var erased = portrait("privacy", "erase", "email", "ANN@example.org", "--reason", "request 7", "--json");
    assertEquals(0, erased.exitCode(), erased.err());
    assertEquals(0, JsonMapper.builder().build().readTree(erased.out()).path("left").asInt());
    assertEquals(1, portrait("profile", "email", "ann@example.org").exitCode());
    assertTrue(portrait("privacy", "certificates").out().contains("0 left  request 7"));
    var list = folder.resolve("list.json");
    assertEquals(0, portrait("privacy", "list", list.toString()).exitCode());
    var again = portrait("restore", file, "--suppressed", list.toString(), "--home",
        folder.resolve("again").toString());
    assertEquals(0, again.exitCode(), again.err());
    assertEquals(1, portrait("profile", "email", "ann@example.org", "--home", folder.resolve("again").toString())
        .exitCode());
    assertEquals(0, portrait("profile", "email", "bob@example.org", "--home", folder.resolve("again").toString())
        .exitCode());
    assertEquals("it may come in again\n", portrait("privacy", "lift", "email", "ann@example.org").out());

    var nothing = portrait("doctor", "--backup", folder.resolve("contacts.csv").toString());
    assertEquals(1, nothing.exitCode());
    assertTrue(nothing.out().startsWith("fail  backup"), nothing.out());
  }

  @Test
  void aFileSuggestsADefinitionThatCanBeApplied() throws IOException {
    var contacts = Files.writeString(folder.resolve("contacts.csv"), """
        id;mail;points
        1;ann@example.org;10
        2;bob@example.org;20
        """);

    var found = portrait("discover", contacts.toString(), "--as", "crm.contacts");
    assertEquals(0, found.exitCode(), found.err());
    assertTrue(found.out().contains("type: integer"), found.out());
    assertEquals("Source/crm created, version 1\n",
        portrait("apply", "-f", Files.writeString(folder.resolve("crm.yaml"), found.out()).toString()).out());
    assertEquals("crm.contacts: 2 rows read, 0 refused, 2 changed, 0 unchanged, 0 deleted\n",
        portrait("load", "crm.contacts", contacts.toString()).out());
  }

  @Test
  void pathsBeginWhereTheFileLiesUnlessAConnectionLeadsElsewhere() throws IOException {
    Files.createDirectories(folder.resolve("home/exports/lake"));
    Files.writeString(folder.resolve("here.csv"), "id,mail\n1,ann@example.org\n");
    Files.writeString(folder.resolve("home/exports/lake/there.csv"), "id,mail\n2,bob@example.org\n");
    var applied = portrait("apply", "-f", Files.writeString(folder.resolve("shop.yaml"), """
        kind: Connection
        name: lake
        spec: { type: disk, settings: { folder: lake } }
        ---
        kind: Source
        name: shop
        spec:
          tables:
            - { name: here, key: id, path: here.csv }
            - { name: there, key: id, path: "the*.csv", connection: lake }
        """).toString());
    assertEquals(0, applied.exitCode(), applied.err());

    var refreshed = portrait("refresh", "--only", "sources");

    assertEquals(0, refreshed.exitCode(), refreshed.err());
    assertTrue(refreshed.err().contains("2 tables loaded"), refreshed.err());
  }

  @Test
  void applySaysWhoWouldMergeOrSplitBeforeAnythingIsChanged() throws IOException {
    var namespaces = Files.writeString(folder.resolve("namespaces.yaml"), """
        kind: Namespace
        name: email
        spec: { unique: true }
        """);
    var simulated = portrait("apply", "--simulate", "-f", namespaces.toString());
    assertEquals("""
        Namespace/email created, version 1
        0 customers examined
        0 would merge into others, 0 would split off
        0 would become known, 0 unknown
        """, simulated.out(), simulated.err());
    assertEquals(1, portrait("identity", "simulate", "--delete", "email").exitCode(), "nothing was applied");
    assertEquals(0, portrait("apply", "-f", namespaces.toString()).exitCode());
    assertTrue(portrait("identity", "simulate", "--delete", "email").out().startsWith("0 customers examined"));
  }

  @Test
  void aKeyIsShownOnceAndCanBeRevoked() {
    var made = JsonMapper.builder().build()
        .readTree(portrait("key", "create", "--role", "collect", "--name", "shop", "--json").out());
    assertTrue(made.path("key").asString().startsWith("pk_c_"), made.path("role").asString());

    var listed = portrait("key", "list").out();
    assertTrue(listed.contains("shop"), listed);
    assertFalse(listed.contains(made.path("key").asString()));

    assertEquals(0, portrait("key", "revoke", made.path("id").asString()).exitCode());
    assertTrue(portrait("key", "list").out().contains("revoked"));
  }

  @Test
  void aRefusedMessageIsShownCorrectedAndTakenIn() throws IOException {
    var home = folder.resolve("home");
    try (var portrait = TestPortrait.in(Files.createDirectories(home))) {
      portrait.collect("/v1/track", "{\"userId\": \"u1\"}");
      portrait.collect("/v1/track", "{\"userId\": \"u2\"}");
      String[] target = {"--url", portrait.parts().server().url().toString()};
      Map<String, String> key = Map.of("PORTRAIT_KEY", portrait.parts().server().key().reveal());

      var listed = run(key, target, "quarantine", "list");
      assertTrue(listed.out().contains("event is missing but a track message must name one"), listed.err());
      assertTrue(listed.out().endsWith("2 in the quarantine\n"), listed.out());
      assertTrue(run(key, target, "quarantine", "show", "1").out().endsWith("{\"userId\": \"u1\"}\n"));
      assertEquals(1, run(key, target, "quarantine", "replay", "1").exitCode());
      var corrected = Files.writeString(folder.resolve("one.json"), "{\"userId\": \"u1\", \"event\": \"Bought\"}");
      assertEquals("taken in: 1\n",
          run(key, target, "quarantine", "replay", "1", "--with", corrected.toString()).out());
      assertEquals("discarded: 2\n", run(key, target, "quarantine", "discard", "2").out());
      assertEquals("0 in the quarantine\n", run(key, target, "quarantine", "list").out());
      assertEquals("Bought",
          portrait.get("/api/v1/profiles/user_id/u1/events").path("events").path(0).path("name").asString());
    }
  }

  private Outcome run(Map<String, String> environment, String[] target, String... command) {
    var arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of(target));
    return portrait(environment, arguments.toArray(String[]::new));
  }

  @Test
  void aWrongDefinitionChangesNothingAndFails() throws IOException {
    var wrong = Files.writeString(folder.resolve("wrong.yaml"), SHOP.replace("city = 'Lyon'", "city = = 'Lyon'"));

    var outcome = portrait("apply", "-f", wrong.toString());

    assertEquals(1, outcome.exitCode());
    assertTrue(outcome.err().contains("lyon"), outcome.err());
    assertEquals("", portrait("segments", "--json").out().replaceAll("\\{\"segments\":\\[]}\\s*", ""));
  }

  @Test
  void whatCannotBeUnderstoodIsBadUse() {
    assertEquals(2, portrait("serve", "--prot", "1").exitCode());
    assertEquals(2, portrait("nonsense").exitCode());
    assertEquals(2, portrait("load", "shop.contacts").exitCode());
    var port = portrait("serve", "--port", "many");
    assertEquals(2, port.exitCode());
    assertEquals("""
        portrait: port was 'many' (from the command line) but must be a whole number from 0 to 65535
        Every setting is explained in docs/reference/settings.md.
        """, port.err());
  }

  @Test
  void aFileThatIsNotThereFails() {
    var outcome = portrait("load", "shop.contacts", "/nowhere/contacts.csv");

    assertEquals(1, outcome.exitCode());
    assertEquals("portrait: there is no file '/nowhere/contacts.csv' that can be read\n", outcome.err());
  }

  @Test
  void aLockedHomeSaysWhoHasIt() {
    var home = new Home(folder.resolve("home"));
    try (var _ = home.tryLock().orElseThrow()) {
      var outcome = portrait("segments");

      assertEquals(1, outcome.exitCode());
      assertTrue(outcome.err().contains("is in use by process " + ProcessHandle.current().pid()), outcome.err());
    }
  }

  @Test
  void aPortInUseFailsAndSaysWhichToTry() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      var outcome = portrait("serve", "--port", String.valueOf(taken.getLocalPort()));

      assertEquals(1, outcome.exitCode());
      assertTrue(outcome.err().contains("port %d".formatted(taken.getLocalPort())), outcome.err());
      assertTrue(outcome.err().contains("--port"), outcome.err());
    }
  }

  @Test
  void anUnknownCustomerFails() {
    assertEquals(1, portrait("profile", "email", "nobody@example.org").exitCode());
  }

  @Test
  void theDoctorFindsAnEmptyHomeWell() {
    var outcome = portrait("doctor");

    assertEquals(0, outcome.exitCode(), outcome.out());
    assertTrue(outcome.out().contains("ok    stores"), outcome.out());
  }

  @Test
  void helpAndVersionAreDone() {
    assertEquals(0, portrait("--help").exitCode());
    assertEquals(0, portrait("load", "--help").exitCode());
    assertTrue(portrait("--version").out().startsWith("portrait "));
  }

  private Outcome portrait(String... arguments) {
    return portrait(Map.of("PORTRAIT_HOME", folder.resolve("home").toString()), arguments);
  }

  private static Outcome portrait(Map<String, String> environment, String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode = PortraitCommand.run(new Installation(environment), environment, new PrintWriter(out),
        new PrintWriter(err), arguments);
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  private static String sorted(String lines) {
    return String.join("", lines.lines().sorted().map(line -> line + "\n").toList());
  }
}
