package portrait.foundation.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Secret;

/// People who sign in, and their sessions.
final class Accounts {

  private static final String OWNER = "owner";
  private static final Duration SESSION_LASTS = Duration.ofHours(12);
  private static final int PASSWORD_LENGTH_MIN = 8;
  private static final int PASSWORD_LENGTH_MAX = 1_000;

  private final Database database;
  private final Clock clock;
  private final AuditTrail auditTrail;
  private final SignInThrottle throttle;
  private final int iterations;

  /// Compared with when there is no such user, so that the time of the answer does not tell which users there are.
  private final PasswordHash nobody;

  Accounts(Database database, Clock clock, AuditTrail auditTrail, int iterations) {
    this.database = database;
    this.clock = clock;
    this.auditTrail = auditTrail;
    this.throttle = new SignInThrottle(clock);
    this.iterations = iterations;
    this.nobody = new PasswordHash(new byte[32], Tokens.randomBytes(16), iterations);
  }

  private record Account(String name, Role role, PasswordHash password) {}

  Optional<OneTimePassword> ensureOwner() {
    if (database.read(transaction -> account(transaction, OWNER)).isPresent()) {
      return Optional.empty();
    }
    var password = Secret.of(Tokens.random(10));
    var hash = PasswordHash.of(password, iterations);
    Caller caller = AuditTrail.caller();
    int created = database.write(transaction -> {
      int inserted = transaction.update("""
          INSERT INTO account (name, role, password_hash, password_salt, password_iterations, created_at)
          VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING
          """, OWNER, Role.OWNER.name(), hash.hash(), hash.salt(), hash.iterations(), clock.instant());
      if (inserted == 1) {
        auditTrail.append(transaction, caller, "user created", "User/" + OWNER, "role owner");
      }
      return inserted;
    });
    return created == 1 ? Optional.of(new OneTimePassword(OWNER, password)) : Optional.empty();
  }

  Optional<SignedIn> signIn(String user, Secret password) {
    throttle.attempt(user);
    var found = database.read(transaction -> account(transaction, user));
    boolean isRight = found.map(Account::password).orElse(nobody).matches(password);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    var caller = new Caller(user, found.get().role(), Caller.CURRENT.isBound() ? Caller.CURRENT.get().requestId() : "");
    if (!isRight) {
      database.write(transaction -> {
        auditTrail.append(transaction, caller, "sign-in refused", "User/" + user, "");
        return true;
      });
      return Optional.empty();
    }
    throttle.succeeded(user);
    String token = Tokens.random(32);
    Instant now = clock.instant();
    database.write(transaction -> {
      transaction.update("DELETE FROM account_session WHERE expires_at <= ?", now);
      auditTrail.append(transaction, caller, "signed in", "User/" + user, "");
      return transaction.update(
          "INSERT INTO account_session (token_hash, account, created_at, expires_at) VALUES (?, ?, ?, ?)",
          Tokens.fingerprint(token), user, now, now.plus(SESSION_LASTS));
    });
    return Optional.of(new SignedIn(token, csrfToken(token), new Caller(user, found.get().role(), "")));
  }

  Optional<Session> session(String token) {
    return database.read(transaction -> transaction.first("""
        SELECT account.name, account.role, account_session.expires_at
        FROM account_session JOIN account ON account.name = account_session.account
        WHERE account_session.token_hash = ? AND account_session.expires_at > ?
        """, row -> new Session(new Caller(row.text(1), Role.valueOf(row.text(2)), ""), csrfToken(token),
        row.instant(3)), Tokens.fingerprint(token), clock.instant()));
  }

  void signOut(String token) {
    database.write(
        transaction -> transaction.update("DELETE FROM account_session WHERE token_hash = ?",
            Tokens.fingerprint(token)));
  }

  void setPassword(String user, Secret password) {
    int length = password.reveal().length();
    if (length < PASSWORD_LENGTH_MIN || length > PASSWORD_LENGTH_MAX) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "password has %d characters but must have %d to %d"
          .formatted(length, PASSWORD_LENGTH_MIN, PASSWORD_LENGTH_MAX)).asException();
    }
    var hash = PasswordHash.of(password, iterations);
    Caller caller = AuditTrail.caller();
    database.write(transaction -> {
      if (transaction.update(
          "UPDATE account SET password_hash = ?, password_salt = ?, password_iterations = ? WHERE name = ?",
          hash.hash(), hash.salt(), hash.iterations(), user) == 0) {
        throw Problem.of(Problem.Code.NOT_FOUND, "there is no user '%s'".formatted(user)).asException();
      }
      auditTrail.append(transaction, caller, "password set", "User/" + user, "");
      return transaction.update("DELETE FROM account_session WHERE account = ?", user);
    });
    throttle.succeeded(user);
  }

  /// Follows from the session token, which no other site can read; so it need not be kept.
  private static String csrfToken(String sessionToken) {
    return Tokens.fingerprint("csrf " + sessionToken);
  }

  private static Optional<Account> account(Transaction transaction, String user) {
    if (user.chars().anyMatch(Character::isISOControl)) {
      return Optional.empty();
    }
    return transaction.first("""
        SELECT name, role, password_hash, password_salt, password_iterations FROM account WHERE name = ?
        """, row -> new Account(row.text(1), Role.valueOf(row.text(2)),
        new PasswordHash(row.bytes(3), row.bytes(4), (int) row.number(5))), user);
  }
}
