package portrait.processes.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.app.Wiring;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Status;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Role;
import portrait.foundation.warehouse.WarehouseSettings;

/// A home that is copied while it serves, and put back on this store and on the other one.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class BackupTest {

  private static final String SHOP = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: contacts, key: id, columns: [ { name: id, type: string }, { name: city, type: string },
              { name: login, type: string, identity: user_id } ] }
      ---
      kind: Unification
      name: customers
      spec: { tables: [ { table: shop.contacts, attributes: { city: city } } ] }
      ---
      kind: Measure
      name: opened
      spec: { aggregate: count, event: Opened, default: 0 }
      ---
      kind: Segment
      name: busy
      spec: { where: { measure: { opened: { at_least: 2 } } } }
      """;

  private final TestDatabases.Product product;

  @TempDir
  Path folder;

  BackupTest(TestDatabases.Product product) {
    this.product = product;
  }

  @Test
  void whatWasAcknowledgedBeforeIsInAndEverythingFollowsFromTheFactsOnEitherStore() throws Exception {
    var backup = folder.resolve("copy.zip");
    String key;
    String session;
    int before;
    var sent = new AtomicInteger();
    var home = Files.createDirectory(folder.resolve("home"));
    try (var portrait = TestPortrait.durable(home, product.settings(home))) {
      fill(portrait);
      key = portrait.parts().security().createKey(Role.VIEWER, "report").key().reveal();
      var owner = portrait.parts().security().ensureOwner().orElseThrow();
      session = portrait.parts().security().signIn(owner.user(), owner.password()).orElseThrow().sessionToken();
      var goesOn = new AtomicBoolean(true);
      var underWay = new CountDownLatch(20);
      var sender = Thread.ofVirtual().start(() -> {
        while (goesOn.get()) {
          open(portrait, "late-" + sent.get());
          sent.incrementAndGet();
          underWay.countDown();
        }
      });
      underWay.await();
      before = sent.get();
      var started = portrait.parts().backups().start("test");
      assertEquals(Status.DONE, portrait.parts().jobs().await(started.job()).status());
      goesOn.set(false);
      sender.join();
      Files.copy(portrait.parts().backups().file(started.name()), backup);
      assertEquals("rw-------", java.nio.file.attribute.PosixFilePermissions.toString(
          Files.getPosixFilePermissions(portrait.parts().backups().file(started.name()))));
    }

    for (var other : TestDatabases.Product.values()) {
      var restored = Files.createDirectory(folder.resolve("restored-" + other));
      var store = other.settings(restored);
      var contents = restore(backup, store, restored);
      assertTrue(contents.rows() > 100, () -> "rows " + contents.rows());
      try (var portrait = TestPortrait.durable(restored, store)) {
        int there = portrait.get("/api/v1/profiles/user_id/sender").at("/measures/opened").asInt();
        assertTrue(there >= before && there <= sent.get(), "%d before, %d there, %d sent".formatted(before, there,
            sent.get()));
        assertEquals(List.of("busy"), portrait.get("/api/v1/profiles/user_id/sender").path("segments").valueStream()
            .map(name -> name.asString()).toList());
        assertEquals("Lyon", portrait.get("/api/v1/profiles/user_id/u3").at("/attributes/city").asString());
        check(portrait);
        assertTrue(portrait.parts().security().authenticateKey(key).isPresent());
        assertTrue(portrait.parts().security().verifyAuditTrail().isEmpty());
        assertTrue(portrait.parts().security().session(session).isPresent());
        portrait.parts().security().endSessions();
        assertFalse(portrait.parts().security().session(session).isPresent());

        open(portrait, "afterwards");
        assertEquals(there + 1, portrait.get("/api/v1/profiles/user_id/sender").at("/measures/opened").asInt());
        portrait.refresh();
        check(portrait);
      }
    }
  }

  @Test
  void aRestoreReplacesNothingAndLeavesNothingBehindWhenItFails() throws IOException {
    var home = Files.createDirectory(folder.resolve("home"));
    var store = product.settings(home);
    Path backup;
    try (var portrait = TestPortrait.durable(home, store)) {
      fill(portrait);
      var started = portrait.parts().backups().start("test");
      assertEquals(Status.DONE, portrait.parts().jobs().await(started.job()).status());
      backup = Files.copy(portrait.parts().backups().file(started.name()), folder.resolve("copy.zip"));
    }
    assertEquals(Backups.check(backup, Wiring.MIGRATIONS),
        restore(backup, TestDatabases.sqlite(created("whole")), folder.resolve("whole")));

    assertEquals(Problem.Code.CONFLICT, refusal(() -> restore(backup, store, home)).code());
    assertEquals(Problem.Code.CONFLICT,
        refusal(() -> restore(backup, store, created("only the warehouse is new"))).code());

    var older = Wiring.MIGRATIONS.stream().map(owner -> owner.owner().equals("events")
        ? new Migrations(owner.owner(), owner.scripts().subList(0, 1))
        : owner).toList();
    var newer = refusal(() -> Backups.check(backup, older));
    assertEquals(Problem.Code.INVALID_FILE, newer.code());
    assertTrue(newer.message().contains("newer release"), newer.message());

    byte[] bytes = Files.readAllBytes(backup);
    var torn = Files.write(folder.resolve("torn.zip"), java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertEquals(Problem.Code.INVALID_FILE, refusal(() -> Backups.check(torn, Wiring.MIGRATIONS)).code());
    bytes[2_000] ^= 1;
    var flipped = Files.write(folder.resolve("flipped.zip"), bytes);
    assertEquals(Problem.Code.INVALID_FILE, refusal(() -> Backups.check(flipped, Wiring.MIGRATIONS)).code());
    var left = created("nothing left");
    refusal(() -> restore(flipped, TestDatabases.sqlite(left), left));
    try (var files = Files.list(left)) {
      assertEquals(List.of(), files.filter(Files::isRegularFile).map(Path::getFileName).map(Path::toString)
          .filter(name -> name.contains("portrait.db") || name.contains("warehouse")).toList());
    }
  }

  private Path created(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  private static Contents restore(Path backup, DatabaseSettings store, Path home) {
    return Backups.restore(backup, store, WarehouseSettings.at(home.resolve("warehouse.duckdb")), Wiring.MIGRATIONS,
        _ -> {});
  }

  private static Problem refusal(Runnable work) {
    return assertThrows(ProblemException.class, work::run).problem();
  }

  private void fill(TestPortrait portrait) throws IOException {
    portrait.apply(SHOP);
    var rows = new StringBuilder("id,city,login\n");
    for (int person = 0; person < 40; person++) {
      rows.append("%d,Lyon,u%d\n".formatted(person, person));
    }
    portrait.parts().refresh().load("shop.contacts",
        List.of(Files.writeString(Files.createTempFile(folder, "contacts", ".csv"), rows)),
        portrait.parts().sources().definition("shop.contacts").orElseThrow().mode());
    portrait.refresh();
    for (int person = 0; person < 10; person++) {
      assertEquals(200, portrait.collect("/v1/track", """
          {"event": "Opened", "userId": "u%d", "anonymousId": "a%d", "messageId": "m%d"}"""
          .formatted(person, person, person)).statusCode());
    }
  }

  private static void open(TestPortrait portrait, String messageId) {
    assertEquals(200, portrait.collect("/v1/track", """
        {"event": "Opened", "userId": "sender", "messageId": "%s"}""".formatted(messageId)).statusCode());
  }

  private static void check(TestPortrait portrait) {
    assertEquals(List.of(), portrait.rebuild(true));
  }
}
