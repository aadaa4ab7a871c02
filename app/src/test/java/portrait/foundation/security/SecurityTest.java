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
import java.util.Set;
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
    return new Security(database, clock, Optional.empty(), 10);
  }

  @Test
  void aKeySaysWhoCallsUntilItIsRevoked() {
    var key = security.createKey(Role.COLLECT, "web shop");

    assertTrue(key.key().reveal().matches("pk_c_[0-9a-f]{40}"), "the form of a key");
    assertEquals("(hidden)", key.key().toString());
    var caller = security.authenticateKey(key.key().reveal()).orElseThrow();
    assertEquals(List.of("web shop", Role.COLLECT, Optional.of(key.id())),
        List.of(caller.name(), caller.role(), caller.key()));

    security.revokeKey(key.id());

    assertEquals(Optional.empty(), security.authenticateKey(key.key().reveal()));
    assertEquals(Optional.of(clock.instant()), security.keys().getFirst().revokedAt());
  }

  @Test
  void aRotatedKeyHasTwoTextsForAWhile() {
    var first = security.createKey(Role.VIEWER, "report");
    var other = anotherNode();
    assertTrue(other.authenticateKey(first.key().reveal()).isPresent());

    var second = security.rotateKey(first.id(), Duration.ofHours(2));

    assertEquals(first.id(), second.id());
    assertEquals(Optional.of(clock.instant().plus(Duration.ofHours(2))), second.previousUntil());
    for (var node : List.of(security, other)) {
      assertTrue(node.authenticateKey(first.key().reveal()).isPresent());
      assertTrue(node.authenticateKey(second.key().reveal()).isPresent());
    }
    clock.advance(Duration.ofHours(2));
    for (var node : List.of(security, other)) {
      assertEquals(Optional.empty(), node.authenticateKey(first.key().reveal()));
      assertTrue(node.authenticateKey(second.key().reveal()).isPresent());
    }
    var third = security.rotateKey(first.id(), Duration.ZERO);
    assertEquals(Optional.empty(), security.authenticateKey(second.key().reveal()));
    security.revokeKey(first.id());
    assertEquals(Optional.empty(), security.authenticateKey(third.key().reveal()));
    assertTrue(
        refused(() -> security.rotateKey(first.id(), Duration.ZERO)).message().contains("was revoked or has ended"));
    assertTrue(refused(() -> security.rotateKey(third.id(), Duration.ofDays(31))).message().contains("0 to 720 hours"));
  }

  @Test
  void aKeyEndsAtItsMomentAndNotBefore() {
    var end = clock.instant().plus(Duration.ofDays(90));
    var key = security.createKey(new KeyTerms(Role.LOOKUP, "campaign", Optional.empty(), List.of(), Optional.of(end)));
    clock.set(end.minusMillis(1));
    assertTrue(security.authenticateKey(key.key().reveal()).isPresent());
    clock.set(end);
    assertEquals(Optional.empty(), security.authenticateKey(key.key().reveal()), "known from before, but ended");
    assertFalse(security.keys().getFirst().isValid(clock.instant()));
    assertTrue(refused(() -> security.createKey(new KeyTerms(Role.LOOKUP, "late", Optional.empty(), List.of(),
        Optional.of(end)))).message().contains("must end in the future"));
  }

  @Test
  void scopesReachWhatTheyNameAsFarAsTheyMay() {
    security.offerScopes(Set.of("segments", "profiles"));
    var scopes = List.of(Scope.of("segments:read"), Scope.of("profiles"));
    var key = security.createKey(new KeyTerms(Role.ADMIN, "part", Optional.empty(), scopes, Optional.empty()));
    var caller = anotherNode().authenticateKey(key.key().reveal()).orElseThrow();
    assertTrue(caller.reaches("segments", Permission.VIEW));
    assertFalse(caller.reaches("segments", Permission.CONTRIBUTE));
    assertTrue(caller.reaches("profiles", Permission.CONTRIBUTE));
    assertFalse(caller.reaches("keys", Permission.VIEW));
    assertEquals("there is no scope 'segmets:read'", refused(() -> security.createKey(new KeyTerms(Role.ADMIN, "part",
        Optional.empty(), List.of(Scope.of("segmets:read")), Optional.empty()))).message());
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
  void peopleAreAddedGivenARoleAndRemoved() {
    var owner = security.ensureOwner().orElseThrow();
    var made = security.createUser("ana@example.com", Role.VIEWER);
    var ana = security.signIn("ana@example.com", made.password()).orElseThrow();
    assertEquals(Problem.Code.CONFLICT, refused(() -> security.createUser("ana@example.com", Role.ADMIN)).code());

    security.setRole("ana@example.com", Role.CONTRIBUTOR);

    assertEquals(Role.CONTRIBUTOR, security.session(ana.sessionToken()).orElseThrow().caller().role());
    assertEquals(List.of(
        new User("ana@example.com", Role.CONTRIBUTOR, clock.instant(), "portrait", Optional.of(clock.instant())),
        new User("owner", Role.OWNER, clock.instant(), "portrait", Optional.empty())), security.users());

    security.removeUser("ana@example.com");

    assertEquals(Optional.empty(), security.session(ana.sessionToken()));
    assertEquals(Optional.empty(), security.signIn("ana@example.com", made.password()));
    assertEquals(Optional.empty(), security.ensureOwner());
    assertTrue(security.signIn("owner", owner.password()).isPresent());
    assertEquals(List.of("user removed", "role changed", "signed in", "user created"),
        security.auditTrail(10).stream().filter(entry -> entry.target().equals("User/ana@example.com"))
            .map(AuditEntry::action).toList());
  }

  @Test
  void aForgottenPasswordIsReplacedAndTheOwnOneChanged() {
    security.ensureOwner();
    var first = security.createUser("ana", Role.VIEWER).password();
    var session = security.signIn("ana", first).orElseThrow();

    var second = security.resetPassword("ana").password();

    assertEquals(Optional.empty(), security.session(session.sessionToken()));
    assertEquals(Optional.empty(), security.signIn("ana", first));
    assertEquals("the current password is not right",
        refused(() -> security.changePassword("ana", first, PASSWORD)).message());
    clock.advance(Duration.ofMinutes(1));
    security.changePassword("ana", second, PASSWORD);
    assertTrue(security.signIn("ana", PASSWORD).isPresent());
  }

  @Test
  void nobodyGivesOrManagesMoreThanTheyHave() {
    security.ensureOwner();
    security.createUser("ana", Role.ADMIN);
    var ana = new Caller("ana", Role.ADMIN, "");

    for (Executable act : List.<Executable>of(() -> security.createUser("bob", Role.OWNER),
        () -> security.setRole("ana", Role.OWNER), () -> security.setRole("owner", Role.VIEWER),
        () -> security.removeUser("owner"), () -> security.resetPassword("owner"))) {
      var refusal = refused(() -> ScopedValue.where(Caller.CURRENT, ana).call(() -> {
        act.execute();
        return true;
      }));
      assertEquals("ana has the role admin, which may not give or manage the role owner", refusal.message());
    }
    assertEquals(Problem.Code.NOT_ALLOWED, refused(() -> ScopedValue
        .where(Caller.CURRENT, new Caller("bob", Role.CONTRIBUTOR, "")).call(() -> security.createKey(Role.ADMIN, "k")))
        .code());
  }

  @Test
  void theOnlyOwnerStaysUntilThereIsAnother() {
    security.ensureOwner();
    assertEquals(Problem.Code.CONFLICT, refused(() -> security.removeUser("owner")).code());
    assertEquals(Problem.Code.CONFLICT, refused(() -> security.setRole("owner", Role.ADMIN)).code());

    security.createUser("ana", Role.OWNER);
    security.removeUser("owner");

    assertEquals(Optional.empty(), security.ensureOwner());
    assertEquals(List.of("ana"), security.users().stream().map(User::name).toList());
    assertEquals(Optional.empty(), security.verifyAuditTrail());
  }

  @Test
  void peopleHaveNamesThatPrintAndRolesForPeople() {
    for (String name : List.of("", " ana", "a\nb", "me", "x".repeat(101))) {
      assertEquals(Problem.Code.INVALID_PARAMETER, refused(() -> security.createUser(name, Role.VIEWER)).code(), name);
    }
    assertEquals("name was 'me' but must have 1 to 100 characters that print, no blank at its ends, and not be 'me'",
        refused(() -> security.createUser("me", Role.VIEWER)).message());
    assertEquals("role was 'collect' but a person has one of viewer, contributor, admin, owner",
        refused(() -> security.createUser("ana", Role.COLLECT)).message());
    assertEquals(Problem.Code.NOT_FOUND, refused(() -> security.setRole("nobody", Role.VIEWER)).code());
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
  void theAuditTrailIsSearched() {
    var anna = new Caller("anna", Role.ADMIN, "");
    ScopedValue.where(Caller.CURRENT, anna).run(() -> security.audit("definitions applied", "Segment/Leather", "v2"));
    clock.advance(Duration.ofHours(1));
    security.audit("refresh started", "job", "100% of _everything_");
    security.audit("refresh started", "job", "");

    assertEquals(List.of(1L), found(Optional.of("anna"), Optional.empty()));
    assertEquals(List.of(1L), found(Optional.empty(), Optional.of("leather")));
    assertEquals(List.of(2L), found(Optional.empty(), Optional.of("100% of _e")));
    assertEquals(List.of(), found(Optional.empty(), Optional.of("r%d")));
    assertEquals(List.of(2L, 1L), numbers(new AuditQuery(Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.empty(), 3, 10)));
    assertEquals(List.of(3L, 2L), numbers(new AuditQuery(Optional.empty(), Optional.empty(),
        Optional.of(clock.instant()), Optional.empty(), AuditQuery.ALL, 10)));
    assertEquals(List.of(1L), numbers(new AuditQuery(Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.of(clock.instant()), AuditQuery.ALL, 10)));
  }

  private List<Long> found(Optional<String> by, Optional<String> text) {
    return numbers(new AuditQuery(by, text, Optional.empty(), Optional.empty(), AuditQuery.ALL, 10));
  }

  private List<Long> numbers(AuditQuery query) {
    return security.auditTrail(query).stream().map(AuditEntry::number).toList();
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
