package portrait.foundation.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.foundation.database.Database;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;

@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class VaultTest {

  private final TestDatabases.Product product;
  @TempDir
  private Path home;
  private Database database;

  VaultTest(TestDatabases.Product product) {
    this.product = product;
  }

  @BeforeEach
  void open() {
    database = Database.open(product.settings(home), List.of(Connections.migrations()));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void whatLiesInTheStoreTellsNothingWithoutTheKey() throws IOException {
    vault().put("braze.api_key", Secret.of("open sesame"), "ann");

    assertEquals("open sesame", secret("braze.api_key"));
    assertEquals(List.of("braze.api_key"), vault().list().stream().map(SecretInfo::name).toList());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key())));
    byte[] sealed = database.read(tx -> tx.first("SELECT sealed FROM vault_secret", row -> row.bytes(1))).orElseThrow();
    assertFalse(new String(sealed, java.nio.charset.StandardCharsets.ISO_8859_1).contains("sesame"));
    assertEquals(Optional.empty(), vault().problem());
  }

  @Test
  void aWrongKeyAMissingOneAndASecretInThePlaceOfAnotherAreFound() throws IOException {
    vault().put("a.key", Secret.of("one"), "ann");
    vault().put("b.key", Secret.of("two"), "ann");
    byte[] right = Files.readAllBytes(key());

    database.write(tx -> tx.update(
        "UPDATE vault_secret SET sealed = (SELECT sealed FROM vault_secret WHERE name = 'b.key') WHERE name = 'a.key'"));
    assertTrue(vault().problem().orElseThrow().message().contains("a.key"));
    vault().put("a.key", Secret.of("one"), "ann");

    VaultKey.random().write(key());
    assertTrue(vault().problem().orElseThrow().message().contains("2 of its secrets"));
    assertEquals(Problem.Code.STORE_FAILED,
        assertThrows(ProblemException.class, () -> vault().find("a.key")).problem().code());

    Files.delete(key());
    assertTrue(vault().problem().orElseThrow().message().contains("is not there"));
    assertThrows(ProblemException.class, () -> vault().put("c.key", Secret.of("three"), "ann"),
        "a new key would make the others unreadable for good");
    Files.write(key(), right);
    assertEquals("one", secret("a.key"));
  }

  @Test
  void everythingIsSealedAnewWhileSecretsAreUsed() throws Exception {
    var vault = vault();
    vault.put("a.key", Secret.of("one"), "ann");
    String before = Files.readString(key());
    var goesOn = new AtomicBoolean(true);
    var user = CompletableFuture.runAsync(() -> {
      while (goesOn.get()) {
        assertEquals("one", vault.find("a.key").orElseThrow().reveal());
        vault.put("b.key", Secret.of("two"), "bob");
      }
    }, Thread::startVirtualThread);
    for (int times = 0; times < 5; times++) {
      assertTrue(vault.rotate() >= 1);
    }
    goesOn.set(false);
    user.get();

    assertFalse(Files.readString(key()).equals(before));
    assertEquals(Optional.empty(), vault().problem());
    assertEquals("one", secret("a.key"));
  }

  @Test
  void aRotationThatWasCutShortIsSettledEitherWay() throws IOException {
    vault().put("a.key", Secret.of("one"), "ann");
    var next = home.resolve("vault.key.next");
    VaultKey.random().write(next);
    assertEquals("one", secret("a.key"), "nothing was sealed anew yet");
    assertFalse(Files.exists(next));

    byte[] old = Files.readAllBytes(key());
    vault().rotate();
    Files.move(key(), next);
    Files.write(key(), old);
    assertEquals("one", secret("a.key"), "everything was sealed anew already");
    assertFalse(Files.exists(next));
  }

  @Test
  void aKeyFromOutsideIsReplacedByNamingTheOneBefore() {
    var first = given();
    var second = given();
    vault(Optional.of(first), Optional.empty()).put("a.key", Secret.of("one"), "ann");
    assertFalse(Files.exists(key()));

    var after = vault(Optional.of(second), Optional.of(first));

    assertEquals("one", after.find("a.key").orElseThrow().reveal());
    assertEquals(Problem.Code.CONFLICT, assertThrows(ProblemException.class, after::rotate).problem().code());
    var short16 = Secret.of(Base64.getEncoder().encodeToString(new byte[16]));
    var refused = assertThrows(ProblemException.class,
        () -> vault(Optional.of(short16), Optional.empty()).find("a.key")).problem();
    assertEquals(Problem.Code.INVALID_SETTING, refused.code());
    assertFalse(refused.message().contains(short16.reveal()));
  }

  @Test
  void aVaultElsewhereIsAskedOnce() throws IOException {
    var key = given();
    var asked = home.resolve("asked");
    String command = "echo x >> '%s'; echo %s".formatted(asked, key.reveal());
    var vault = told(command);
    assertFalse(Files.exists(asked), "nothing is asked before it is needed");

    vault.put("a.key", Secret.of("one"), "ann");

    assertEquals("one", vault.find("a.key").orElseThrow().reveal());
    assertEquals(List.of("x"), Files.readAllLines(asked));
    assertFalse(Files.exists(key()));
    assertEquals("one", vault(Optional.of(key), Optional.empty()).find("a.key").orElseThrow().reveal());
    var refused = assertThrows(ProblemException.class, vault::rotate).problem();
    assertTrue(refused.message().contains("vault_key_command"), refused.message());
  }

  @Test
  void aVaultElsewhereThatDoesNotAnswerIsSaidWithoutWhatItPrints() {
    vault(Optional.of(given()), Optional.empty()).put("a.key", Secret.of("one"), "ann");

    assertEquals("the command that prints the key of the vault ended with the exit code 3",
        told("echo hidden >&2; exit 3").problem().orElseThrow().message());
    var noKey = told("echo hidden").problem().orElseThrow();
    assertEquals(Problem.Code.INVALID_SETTING, noKey.code());
    assertFalse(noKey.message().contains("hidden"), noKey.message());
    var slow = assertThrows(ProblemException.class,
        () -> new KeyCommand("cat < /dev/zero | sleep 600", Duration.ofMillis(50)).ask()).problem();
    assertEquals("the command that prints the key of the vault did not end within 0 seconds", slow.message());
  }

  private Vault told(String command) {
    return new Vault(database, new VaultSettings(key(), Optional.empty(), Optional.of(command), Optional.empty()),
        Clock.systemUTC());
  }

  private static Secret given() {
    var bytes = new byte[32];
    new java.security.SecureRandom().nextBytes(bytes);
    return Secret.of(Base64.getEncoder().encodeToString(bytes));
  }

  private Path key() {
    return home.resolve("vault.key");
  }

  private String secret(String name) {
    return vault().find(name).orElseThrow().reveal();
  }

  private Vault vault() {
    return vault(Optional.empty(), Optional.empty());
  }

  private Vault vault(Optional<Secret> given, Optional<Secret> before) {
    return new Vault(database, new VaultSettings(key(), given, Optional.empty(), before), Clock.systemUTC());
  }
}
