package portrait.foundation.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;

/// People who sign in, and their sessions.
final class Accounts {

  private static final String OWNER = "owner";
  /** What addresses call whoever asks, so nobody can have this name. */
  private static final String ONESELF = "me";
  private static final int NAME_LENGTH_MAX = 100;
  private static final Duration SESSION_LASTS = Duration.ofHours(12);
  private static final Duration SIGN_ON_LASTS = Duration.ofMinutes(10);
  private static final int PASSWORD_LENGTH_MIN = 8;
  private static final int PASSWORD_LENGTH_MAX = 1_000;

  private final Database database;
  private final Clock clock;
  private final AuditTrail auditTrail;
  private final SignInThrottle throttle;
  private final int iterations;

  /// The hash of no password. Compared with when there is no such user, so that the time of the answer does not tell
  /// which users there are; kept for people whom somebody else vouches for.
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
    if (database.read(Accounts::owners) > 0) {
      return Optional.empty();
    }
    var password = Secret.of(Tokens.random(10));
    var hash = PasswordHash.of(password, iterations);
    Caller caller = AuditTrail.caller();
    return database.write(transaction -> insert(transaction, caller, OWNER, Role.OWNER, hash))
        ? Optional.of(new OneTimePassword(OWNER, password))
        : Optional.empty();
  }

  private static long owners(Transaction transaction) {
    return transaction.first("SELECT COUNT(*) FROM account WHERE role = ?", row -> row.number(1), Role.OWNER.name())
        .orElseThrow();
  }

  private boolean insert(Transaction transaction, Caller caller, String name, Role role, PasswordHash hash) {
    boolean isNew = transaction.update("""
        INSERT INTO account (name, role, password_hash, password_salt, password_iterations, created_at, created_by)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING
        """, name, role.name(), hash.hash(), hash.salt(), hash.iterations(), clock.instant(), caller.name()) == 1;
    if (isNew) {
      auditTrail.append(transaction, caller, "user created", "User/" + name, "role " + role.text());
    }
    return isNew;
  }

  List<User> list() {
    return database.read(transaction -> transaction.query(
        "SELECT name, role, created_at, created_by, signed_in_at FROM account ORDER BY name",
        row -> new User(row.text(1), Role.valueOf(row.text(2)), row.instant(3), row.text(4),
            Optional.ofNullable(row.instantOrNull(5)))));
  }

  OneTimePassword create(String name, Role role) {
    if (!isName(name)) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "name was '%s' but must have 1 to %d characters that print, no blank at its ends, and not be '%s'"
              .formatted(name, NAME_LENGTH_MAX, ONESELF))
          .asException();
    }
    Caller caller = AuditTrail.caller();
    refuseRole(caller, role);
    var password = Secret.of(Tokens.random(10));
    var hash = PasswordHash.of(password, iterations);
    if (!database.write(transaction -> insert(transaction, caller, name, role, hash))) {
      throw Problem.of(Problem.Code.CONFLICT, "there is a user '%s' already".formatted(name),
          "Change the role of that one, or choose another name.").asException();
    }
    return new OneTimePassword(name, password);
  }

  private static boolean isName(String name) {
    return !name.isBlank() && name.equals(name.strip()) && name.length() <= NAME_LENGTH_MAX && !name.equals(ONESELF)
        && name.chars().noneMatch(Character::isISOControl);
  }

  void setRole(String name, Role role) {
    Caller caller = AuditTrail.caller();
    refuseRole(caller, role);
    database.write(transaction -> {
      var before = managed(transaction, caller, name);
      if (before == role) {
        return true;
      }
      // Whoever appends goes on alone, so two owners cannot remove each other at once.
      auditTrail.append(transaction, caller, "role changed", "User/" + name,
          "from %s to %s".formatted(before.text(), role.text()));
      refuseLastOwner(transaction, before, name);
      return transaction.update("UPDATE account SET role = ? WHERE name = ?", role.name(), name) == 1;
    });
  }

  /// The sessions of that person go, too.
  void remove(String name) {
    Caller caller = AuditTrail.caller();
    database.write(transaction -> {
      var role = managed(transaction, caller, name);
      auditTrail.append(transaction, caller, "user removed", "User/" + name, "");
      refuseLastOwner(transaction, role, name);
      Preferences.forget(transaction, name);
      return transaction.update("DELETE FROM account WHERE name = ?", name);
    });
  }

  OneTimePassword resetPassword(String name) {
    var password = Secret.of(Tokens.random(10));
    var hash = PasswordHash.of(password, iterations);
    Caller caller = AuditTrail.caller();
    database.write(transaction -> {
      managed(transaction, caller, name);
      return replacePassword(transaction, caller, name, hash);
    });
    throttle.succeeded(name);
    return new OneTimePassword(name, password);
  }

  /// The role of somebody whom this caller may manage.
  private static Role managed(Transaction transaction, Caller caller, String name) {
    var role = transaction.first("SELECT role FROM account WHERE name = ?" + transaction.forUpdate(),
        row -> Role.valueOf(row.text(1)), name).orElseThrow(() -> noSuchUser(name));
    refuseRole(caller, role);
    return role;
  }

  private static void refuseRole(Caller caller, Role role) {
    if (!role.allows(Permission.VIEW)) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "role was '%s' but a person has one of viewer, contributor, admin, owner".formatted(role.text()),
          "Collect and lookup are for keys.").asException();
    }
    caller.refuseBeyond(role);
  }

  private static void refuseLastOwner(Transaction transaction, Role role, String name) {
    if (role == Role.OWNER && owners(transaction) == 1) {
      throw Problem.of(Problem.Code.CONFLICT, "%s is the only owner, so nobody could manage owners any more"
          .formatted(name), "Make somebody else owner first.").asException();
    }
  }

  private static ProblemException noSuchUser(String name) {
    return Problem.of(Problem.Code.NOT_FOUND, "there is no user '%s'".formatted(name)).asException();
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
    return Optional.of(database.write(transaction -> open(transaction, caller, "")));
  }

  /// Begins a session.
  private SignedIn open(Transaction transaction, Caller caller, String how) {
    String token = Tokens.random(32);
    Instant now = clock.instant();
    transaction.update("DELETE FROM account_session WHERE expires_at <= ?", now);
    transaction.update("UPDATE account SET signed_in_at = ? WHERE name = ?", now, caller.name());
    auditTrail.append(transaction, caller, "signed in", "User/" + caller.name(), how);
    transaction.update("INSERT INTO account_session (token_hash, account, created_at, expires_at) VALUES (?, ?, ?, ?)",
        Tokens.fingerprint(token), caller.name(), now, now.plus(SESSION_LASTS));
    return new SignedIn(token, csrfToken(token), new Caller(caller.name(), caller.role(), ""));
  }

  /// Keeps what a sign-on at the provider needs when the browser comes back.
  void begin(String state, String nonce, String verifier, String next) {
    Instant now = clock.instant();
    database.write(transaction -> {
      transaction.update("DELETE FROM sign_on WHERE expires_at <= ?", now);
      return transaction.update(
          "INSERT INTO sign_on (state_hash, nonce, verifier, next, expires_at) VALUES (?, ?, ?, ?, ?)",
          Tokens.fingerprint(state), nonce, verifier, next, now.plus(SIGN_ON_LASTS));
    });
  }

  /// @param next the page that was wanted
  record Begun(String nonce, String verifier, String next) {}

  /// What [#begin] kept; each state is taken once.
  Optional<Begun> take(String state) {
    return database.write(transaction -> {
      var begun = transaction.first("SELECT nonce, verifier, next FROM sign_on WHERE state_hash = ? AND expires_at > ?",
          row -> new Begun(row.text(1), row.text(2), row.text(3)), Tokens.fingerprint(state), clock.instant());
      transaction.update("DELETE FROM sign_on WHERE state_hash = ?", Tokens.fingerprint(state));
      return begun;
    });
  }

  /// Opens a session for somebody a provider vouches for: whoever came from there before; else whoever was added under
  /// the e-mail address that the provider has verified; else somebody new, where the settings say which role they get.
  SignedIn signOn(Provider.Vouched vouched, Optional<Role> newcomers) {
    String requestId = AuditTrail.caller().requestId();
    return database.write(transaction -> {
      var known = named(transaction, "issuer = ? AND subject = ?", vouched.issuer(), vouched.subject());
      var account = known.or(() -> adopted(transaction, vouched)).orElseGet(() -> {
        var role = newcomers.orElseThrow(() -> stranger(vouched));
        String name = vouched.email().filter(Accounts::isName).orElseThrow(() -> stranger(vouched));
        if (!insert(transaction, new Caller("portrait", Role.OWNER, requestId), name, role, nobody)) {
          throw stranger(vouched);
        }
        tie(transaction, name, vouched);
        return new Caller(name, role, requestId);
      });
      return open(transaction, account.in(requestId), "by " + vouched.issuer());
    });
  }

  private Optional<Caller> adopted(Transaction transaction, Provider.Vouched vouched) {
    return vouched.email().flatMap(email -> {
      var found = named(transaction, "issuer IS NULL AND LOWER(name) = ?", email.toLowerCase(Locale.ROOT));
      found.ifPresent(caller -> tie(transaction, caller.name(), vouched));
      return found;
    });
  }

  private static Optional<Caller> named(Transaction transaction, String condition, Object... values) {
    return transaction.first("SELECT name, role FROM account WHERE " + condition,
        row -> new Caller(row.text(1), Role.valueOf(row.text(2)), ""), values);
  }

  private static void tie(Transaction transaction, String name, Provider.Vouched vouched) {
    transaction.update("UPDATE account SET issuer = ?, subject = ? WHERE name = ?", vouched.issuer(), vouched.subject(),
        name);
  }

  private static ProblemException stranger(Provider.Vouched vouched) {
    return Problem.of(Problem.Code.NOT_ALLOWED, "%s says who you are, but nobody of that e-mail address was added here"
        .formatted(vouched.issuer()), "Ask an administrator to add you under People.").asException();
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

  void endSessions() {
    database.write(transaction -> transaction.update("DELETE FROM account_session"));
  }

  void setPassword(String user, Secret password) {
    var hash = hash(password);
    Caller caller = AuditTrail.caller();
    database.write(transaction -> replacePassword(transaction, caller, user, hash));
    throttle.succeeded(user);
  }

  /// @throws ProblemException `too_many_requests` after several wrong ones, as at a sign-in
  void changePassword(String user, Secret current, Secret password) {
    throttle.attempt(user);
    var known = database.read(transaction -> account(transaction, user)).orElseThrow(() -> noSuchUser(user));
    if (!known.password().matches(current)) {
      throw Problem.of(Problem.Code.NOT_ALLOWED, "the current password is not right").asException();
    }
    setPassword(user, password);
  }

  private PasswordHash hash(Secret password) {
    int length = password.reveal().length();
    if (length < PASSWORD_LENGTH_MIN || length > PASSWORD_LENGTH_MAX) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "password has %d characters but must have %d to %d"
          .formatted(length, PASSWORD_LENGTH_MIN, PASSWORD_LENGTH_MAX)).asException();
    }
    return PasswordHash.of(password, iterations);
  }

  /// Ends all sessions of that user, too.
  private int replacePassword(Transaction transaction, Caller caller, String user, PasswordHash hash) {
    if (transaction.update(
        "UPDATE account SET password_hash = ?, password_salt = ?, password_iterations = ? WHERE name = ?",
        hash.hash(), hash.salt(), hash.iterations(), user) == 0) {
      throw noSuchUser(user);
    }
    auditTrail.append(transaction, caller, "password set", "User/" + user, "");
    return transaction.update("DELETE FROM account_session WHERE account = ?", user);
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
