package portrait.foundation.security;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;

/// People, keys, sessions and the audit trail. A copy of the store opens no door: passwords are kept as salted, slow
/// hashes, keys and session tokens as fingerprints.
public final class Security {

  /// What OWASP asks of PBKDF2 with HMAC-SHA256 (Password Storage Cheat Sheet, 2023).
  private static final int PASSWORD_ITERATIONS = 600_000;

  private final AuditTrail auditTrail;
  private final Accounts accounts;
  private final Keys keys;
  private final Database database;

  public static Migrations migrations() {
    return Migrations.beside(Security.class);
  }

  public Security(Database database, Clock clock) {
    this(database, clock, PASSWORD_ITERATIONS);
  }

  /// @param passwordIterations what hashing a new password costs; tests take few
  public Security(Database database, Clock clock, int passwordIterations) {
    this.database = database;
    this.auditTrail = new AuditTrail(database, clock);
    this.accounts = new Accounts(database, clock, auditTrail, passwordIterations);
    this.keys = new Keys(database, clock, auditTrail);
  }

  /// Makes a key. Its text is in the answer and nowhere else.
  ///
  /// @throws ProblemException `invalid_parameter` for role owner, or an empty or very long name
  public NewKey createKey(Role role, String name) {
    return keys.create(role, name, Optional.empty());
  }

  /// Makes a look-up key that shows a part only, for use in a public web page.
  ///
  /// @throws ProblemException `invalid_parameter` for an empty or very long name
  public NewKey createLookUpKey(String name, LookUpLimits limits) {
    return keys.create(Role.LOOKUP, name, Optional.of(limits));
  }

  /// Who holds this key, if it exists and was not revoked.
  public Optional<Caller> authenticateKey(String key) {
    return keys.authenticate(key);
  }

  /// Every key there ever was, oldest first.
  public List<KeyInfo> keys() {
    return keys.list();
  }

  /// Ends a key at once on this node, and within ten seconds on others.
  ///
  /// @throws ProblemException `not_found`
  public void revokeKey(String id) {
    keys.revoke(id);
  }

  /// Creates the user `owner` when there is none, and answers the password this once.
  public Optional<OneTimePassword> ensureOwner() {
    return accounts.ensureOwner();
  }

  /// Opens a session of twelve hours when user and password are right.
  ///
  /// @throws ProblemException `too_many_requests`, with the detail `retryAfterSeconds`, after several failures
  public Optional<SignedIn> signIn(String user, Secret password) {
    return accounts.signIn(user, password);
  }

  /// The session this token opens, unless it has ended.
  public Optional<Session> session(String token) {
    return accounts.session(token);
  }

  /// Ends a session; nothing happens when it has ended already.
  public void signOut(String token) {
    accounts.signOut(token);
  }

  /// Sets a password and ends all sessions of that user.
  ///
  /// @throws ProblemException `not_found`, or `invalid_parameter` when it is too short
  public void setPassword(String user, Secret password) {
    accounts.setPassword(user, password);
  }

  /// Notes what the current [Caller] did.
  ///
  /// @param action what was done, for example `definitions applied`
  /// @param target what it was done to, for example `Segment/leather`
  /// @param detail the rest, without secrets; may be empty
  public void audit(String action, String target, String detail) {
    Caller caller = AuditTrail.caller();
    database.write(transaction -> {
      auditTrail.append(transaction, caller, action, target, detail);
      return true;
    });
  }

  /// The latest entries, newest first.
  public List<AuditEntry> auditTrail(int limit) {
    return auditTrail.latest(limit);
  }

  /// The first break in the chain of the audit trail, if somebody changed the past.
  public Optional<Problem> verifyAuditTrail() {
    return auditTrail.verify();
  }
}
