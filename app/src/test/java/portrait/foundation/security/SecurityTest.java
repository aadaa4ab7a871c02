package portrait.foundation.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.foundation.database.Database;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.model.TestClock;

@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class SecurityTest {

  private static final Secret PASSWORD = Secret.of("correct horse");

  private final TestDatabases.Product product;

  @TempDir
  Path folder;
  TestClock clock = new TestClock(Instant.parse("2026-11-22T10:00:00Z"));
  Database database;
  Security security;

  SecurityTest(TestDatabases.Product product) {
    this.product = product;
  }

  @BeforeEach
  void open() {
    database = Database.open(product.settings(folder), List.of(Security.migrations()));
    security = anotherNode();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Security anotherNode() {
    return new Security(database, clock, 10);
  }

  @Test
  void aKeySaysWhoCallsUntilItIsRevoked() {
    var key = security.createKey(Role.COLLECT, "web shop");

    assertTrue(key.key().reveal().matches("pk_c_[0-9a-f]{40}"), "the form of a key");
    assertEquals("(hidden)", key.key().toString());
    assertEquals(Optional.of(new Caller("web shop", Role.COLLECT, "")),
        security.authenticateKey(key.key().reveal()));

    security.revokeKey(key.id());

    assertEquals(Optional.empty(), security.authenticateKey(key.key().reveal()));
    assertEquals(Optional.of(clock.instant()), security.keys().getFirst().revokedAt());
  }

  @Test
  void whatIsNoKeyOpensNothing() {
    var key = security.createKey(Role.LOOKUP, "site").key().reveal();

    for (String wrong : List.of("", "pk_", "pk_l_", key.substring(1), key + "0", key.substring(0, key.length() - 1),
        key.toUpperCase(Locale.ROOT), "pk_" + "0".repeat(100_000), "pk_l_\u0000", "pk_l_' OR 1=1 --")) {
      assertEquals(Optional.empty(), security.authenticateKey(wrong), wrong);
    }
  }

  @Test
  void anotherNodeLearnsOfARevokedKeyWithinTenSeconds() {
    var key = security.createKey(Role.COLLECT, "app");
    var other = anotherNode();
    assertTrue(other.authenticateKey(key.key().reveal()).isPresent());

    security.revokeKey(key.id());
    clock.advance(Duration.ofSeconds(11));

    assertEquals(Optional.empty(), other.authenticateKey(key.key().reveal()));
  }

  @Test
  void notesTheLastUseOfAKeyAtMostOnceAMinute() {
    var key = security.createKey(Role.COLLECT, "app");
    Instant first = clock.instant();

    security.authenticateKey(key.key().reveal());
    awaitLastUse(first);
    clock.set(first.plusSeconds(50));
    security.authenticateKey(key.key().reveal());
    clock.set(first.plusSeconds(70));
    security.authenticateKey(key.key().reveal());

    awaitLastUse(first.plusSeconds(60));
  }

  private void awaitLastUse(Instant expected) {
    while (!security.keys().getFirst().lastUsedAt().equals(Optional.of(expected))) {
      Thread.onSpinWait();
    }
  }

  @Test
  void refusesKeysNobodyShouldHave() {
    assertEquals("role was 'owner' but a key can be at most admin", refused(() -> security.createKey(Role.OWNER, "x"))
        .message());
    assertEquals(Problem.Code.INVALID_PARAMETER, refused(() -> security.createKey(Role.COLLECT, " ")).code());
    assertEquals("name of the key has 3 characters but must have 1 to 100 that print",
        refused(() -> security.createKey(Role.COLLECT, "a\u0000b")).message());
    assertEquals(Problem.Code.NOT_FOUND, refused(() -> security.revokeKey("abc")).code());
    assertEquals("role was 'king' but must be one of collect, lookup, viewer, contributor, admin, owner",
        refused(() -> Role.of("king")).message());
  }

  @Test
  void theOwnerIsCreatedOnceAndSignsInWithThePasswordShown() {
    var owner = security.ensureOwner().orElseThrow();

    assertEquals("owner", owner.user());
    assertEquals(Optional.empty(), security.ensureOwner());
    var signedIn = security.signIn("owner", owner.password()).orElseThrow();
    assertEquals(new Caller("owner", Role.OWNER, ""), signedIn.caller());
    var session = security.session(signedIn.sessionToken()).orElseThrow();
    assertEquals(new Session(signedIn.caller(), signedIn.csrfToken(), clock.instant().plus(Duration.ofHours(12))),
        session);
    assertNotEquals(signedIn.csrfToken(), signedIn.sessionToken());
    assertFalse((signedIn + " " + session).contains(signedIn.csrfToken()), "tokens do not print");
  }

  @Test
  void aSessionEndsAfterTwelveHoursOrOnSigningOutOrWithANewPassword() {
    security.ensureOwner();
    security.setPassword("owner", PASSWORD);
    var one = security.signIn("owner", PASSWORD).orElseThrow().sessionToken();
    security.signOut(one);
    assertEquals(Optional.empty(), security.session(one));

    var two = security.signIn("owner", PASSWORD).orElseThrow().sessionToken();
    clock.advance(Duration.ofHours(12).minusSeconds(1));
    assertTrue(security.session(two).isPresent());
    clock.advance(Duration.ofSeconds(1));
    assertEquals(Optional.empty(), security.session(two));

    var three = security.signIn("owner", PASSWORD).orElseThrow().sessionToken();
    security.setPassword("owner", Secret.of("another horse"));
    assertEquals(Optional.empty(), security.session(three));
    assertEquals(Optional.empty(), security.signIn("owner", PASSWORD));
    assertEquals(Optional.empty(), security.session("not a token"));
  }

  @Test
  void afterFiveFailuresAUserWaitsButNeverForLong() {
    security.ensureOwner();
    security.setPassword("owner", PASSWORD);

    for (int i = 0; i < 5; i++) {
      assertEquals(Optional.empty(), security.signIn("owner", Secret.of("wrong guess")));
    }
    var problem = refused(() -> security.signIn("owner", PASSWORD));
    assertEquals(Problem.Code.TOO_MANY_REQUESTS, problem.code());
    assertEquals("1", problem.details().get("retryAfterSeconds"));

    for (int i = 0; i < 100; i++) {
      clock.advance(Duration.ofSeconds(60));
      assertEquals(Optional.empty(), security.signIn("owner", Secret.of("wrong guess")));
    }
    clock.advance(Duration.ofSeconds(59));
    refused(() -> security.signIn("owner", PASSWORD));
    clock.advance(Duration.ofSeconds(1));
    assertTrue(security.signIn("owner", PASSWORD).isPresent());
    assertEquals(Optional.empty(), security.signIn("owner", Secret.of("one slip is free again")));
    assertTrue(security.signIn("owner", PASSWORD).isPresent());
  }

  @Test
  void aUserWhoIsNotThereIsTreatedLikeAWrongPassword() {
    for (int i = 0; i < 5; i++) {
      assertEquals(Optional.empty(), security.signIn("nobody", PASSWORD));
    }
    assertEquals(Problem.Code.TOO_MANY_REQUESTS, refused(() -> security.signIn("nobody", PASSWORD)).code());
    assertEquals(Optional.empty(), security.signIn("own\u0000er", PASSWORD));
  }

  @Test
  void refusesPasswordsThatAreTooShortAndUsersThatAreNotThere() {
    security.ensureOwner();
    assertEquals("password has 7 characters but must have 8 to 1000",
        refused(() -> security.setPassword("owner", Secret.of("1234567"))).message());
    assertEquals(Problem.Code.NOT_FOUND, refused(() -> security.setPassword("nobody", PASSWORD)).code());
  }

  @Test
  void theStoreHoldsNoSecret() {
    var key = security.createKey(Role.ADMIN, "ci").key().reveal();
    var owner = security.ensureOwner().orElseThrow();
    var signedIn = security.signIn("owner", owner.password()).orElseThrow();

    var everything = database.read(transaction -> {
      var text = new StringBuilder();
      transaction.each("SELECT key_hash || id || name FROM api_key", row -> text.append(row.text(1)));
      transaction.each("SELECT token_hash FROM account_session", row -> text.append(row.text(1)));
      transaction.each("SELECT caller || action || target || detail FROM audit_entry",
          row -> text.append(row.text(1)));
      return text.toString();
    });

    for (String secret : List.of(key, signedIn.sessionToken(), signedIn.csrfToken(), owner.password().reveal())) {
      assertFalse(everything.contains(secret));
    }
  }

  @Test
  void theAuditTrailSaysWhoDidWhat() {
    var anna = new Caller("anna", Role.ADMIN, "").in("request-7");
    ScopedValue.where(Caller.CURRENT, anna).run(() -> security.audit("definitions applied", "Segment/leather", "v2"));
    var key = security.createKey(Role.COLLECT, "app");

    var trail = security.auditTrail(10);

    assertEquals(List.of("portrait: key created Key/" + key.id() + " (app, role collect)",
        "anna: definitions applied Segment/leather (v2)"),
        trail.stream().map(entry -> "%s: %s %s (%s)".formatted(entry.by(), entry.action(), entry.target(),
            entry.detail())).toList());
    assertEquals("request-7", trail.getLast().requestId());
    assertEquals(List.of(2L, 1L), trail.stream().map(AuditEntry::number).toList());
    assertEquals(1, security.auditTrail(1).size());
  }

  @Test
  void theAuditTrailShowsWhenThePastWasChanged() {
    for (int i = 0; i < 5; i++) {
      security.audit("tested", "Entry/" + i, "");
    }
    assertEquals(Optional.empty(), security.verifyAuditTrail());

    database.write(transaction -> transaction.update("DELETE FROM audit_entry WHERE number = 5"));
    assertEquals("5", security.verifyAuditTrail().orElseThrow().details().get("entry"));
    database.write(transaction -> transaction.update("UPDATE audit_entry SET caller = 'eve' WHERE number = 3"));
    assertEquals("3", security.verifyAuditTrail().orElseThrow().details().get("entry"));
    database.write(transaction -> transaction.update("DELETE FROM audit_entry WHERE number = 2"));
    assertEquals("2", security.verifyAuditTrail().orElseThrow().details().get("entry"));
  }

  @Test
  void entriesWrittenAtTheSameTimeMakeOneChain() {
    var nodes = List.of(security, anotherNode());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.range(0, 100)
          .forEach(i -> threads.submit(() -> nodes.get(i % 2).audit("tested", "Entry/" + i, "")));
    }

    assertEquals(100, security.auditTrail(1_000).size());
    assertEquals(Optional.empty(), security.verifyAuditTrail());
  }

  @Test
  void rolesAllowWhatTheMatrixSays() {
    assertEquals(EnumSet.of(Role.COLLECT, Role.CONTRIBUTOR, Role.ADMIN, Role.OWNER), allowed(Permission.COLLECT));
    assertEquals(EnumSet.complementOf(EnumSet.of(Role.COLLECT)), allowed(Permission.LOOK_UP));
    assertEquals(EnumSet.of(Role.VIEWER, Role.CONTRIBUTOR, Role.ADMIN, Role.OWNER), allowed(Permission.VIEW));
    assertEquals(EnumSet.of(Role.CONTRIBUTOR, Role.ADMIN, Role.OWNER), allowed(Permission.CONTRIBUTE));
    assertEquals(EnumSet.of(Role.ADMIN, Role.OWNER), allowed(Permission.ADMINISTER));
    assertEquals(EnumSet.of(Role.OWNER), allowed(Permission.OWN));
  }

  private static EnumSet<Role> allowed(Permission permission) {
    var roles = EnumSet.noneOf(Role.class);
    for (var role : Role.values()) {
      if (role.allows(permission)) {
        roles.add(role);
      }
    }
    return roles;
  }

  private static Problem refused(Executable act) {
    return assertThrows(ProblemException.class, act).problem();
  }
}
