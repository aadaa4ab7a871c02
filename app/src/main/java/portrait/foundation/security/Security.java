package portrait.foundation.security;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private final Preferences preferences;
  private final Database database;
  private final Optional<Provider> provider;

  public static Migrations migrations() {
    return Migrations.beside(Security.class);
  }

  /// With passwords of its own only.
  public Security(Database database, Clock clock) {
    this(database, clock, Optional.empty());
  }

  /// @param signOn where people may sign in instead of here
  public Security(Database database, Clock clock, Optional<SignOnSettings> signOn) {
    this(database, clock, signOn, PASSWORD_ITERATIONS);
  }

  /// @param passwordIterations what hashing a new password costs; tests take few
  public Security(Database database, Clock clock, Optional<SignOnSettings> signOn, int passwordIterations) {
    this.provider = signOn.map(Provider::new);
    this.database = database;
    this.auditTrail = new AuditTrail(database, clock);
    this.accounts = new Accounts(database, clock, auditTrail, passwordIterations);
    this.keys = new Keys(database, clock, auditTrail);
    this.preferences = new Preferences(database);
  }

  /// Makes a key. Its text is in the answer and nowhere else.
  ///
  /// @throws ProblemException `invalid_parameter` for role owner, or an empty or very long name; `not_allowed` for a role
  ///   above that of the [Caller]
  public NewKey createKey(Role role, String name) {
    return keys.create(KeyTerms.of(role, name));
  }

  /// Makes a look-up key that shows a part only, for use in a public web page.
  ///
  /// @throws ProblemException `invalid_parameter` for an empty or very long name
  public NewKey createLookUpKey(String name, LookUpLimits limits) {
    return keys.create(new KeyTerms(Role.LOOKUP, name, Optional.of(limits), List.of(), Optional.empty()));
  }

  /// Makes a key for more particular terms.
  ///
  /// @throws ProblemException `invalid_parameter` or `not_allowed` as above, also for a scope there is not and an end
  ///   that has passed
  public NewKey createKey(KeyTerms terms) {
    return keys.create(terms);
  }

  /// Gives a key another text; what it may do stays.
  ///
  /// @param grace how long the text before stays good, so that programs can be changed one by one; at most 30 days
  /// @throws ProblemException `not_found`, `conflict` for a key that is no longer good, `not_allowed`
  public NewKey rotateKey(String id, Duration grace) {
    return keys.rotate(id, grace);
  }

  /// Says how often a key may be used from now on; on other nodes, within ten seconds.
  ///
  /// @param requestsPerSecond empty for what holds for all keys
  /// @throws ProblemException `invalid_parameter`, `not_found`, `conflict` for a key that is no longer good,
  ///   `not_allowed`
  public void setKeyRate(String id, Optional<Integer> requestsPerSecond) {
    keys.setRate(id, requestsPerSecond);
  }

  /// Says which parts of the product a key may be made for.
  public void offerScopes(Set<String> areas) {
    keys.offer(areas);
  }

  /// Who holds this key, if it exists, was not revoked and has not ended.
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

  /// Everybody who signs in, in the order of their names.
  public List<User> users() {
    return accounts.list();
  }

  /// Adds somebody, with a password that is answered this once.
  ///
  /// @throws ProblemException `invalid_parameter` for a name that cannot be or a role for keys; `conflict` when there is
  ///   one of this name; `not_allowed` for a role above that of the [Caller], who manages nobody above either
  public OneTimePassword createUser(String name, Role role) {
    return accounts.create(name, role);
  }

  /// Gives somebody another role, which counts from their next request on.
  ///
  /// @throws ProblemException `not_found`, `invalid_parameter`, `not_allowed`, or `conflict` for the only owner
  public void setRole(String name, Role role) {
    accounts.setRole(name, role);
  }

  /// Removes somebody and ends all their sessions. What they did stays in the audit trail.
  ///
  /// @throws ProblemException `not_found`, `not_allowed`, or `conflict` for the only owner
  public void removeUser(String name) {
    accounts.remove(name);
  }

  /// Replaces a forgotten password with one that is answered this once, and ends all sessions of that user.
  ///
  /// @throws ProblemException `not_found` or `not_allowed`
  public OneTimePassword resetPassword(String name) {
    return accounts.resetPassword(name);
  }

  /// Creates the user `owner` when there is no owner, and answers the password this once.
  public Optional<OneTimePassword> ensureOwner() {
    return accounts.ensureOwner();
  }

  /// Opens a session of twelve hours when user and password are right.
  ///
  /// @throws ProblemException `too_many_requests`, with the detail `retryAfterSeconds`, after several failures
  public Optional<SignedIn> signIn(String user, Secret password) {
    return accounts.signIn(user, password);
  }

  /// The name of the server where people may sign in instead of here, if there is one.
  public Optional<String> signOnHost() {
    return provider.map(at -> at.settings().issuer().getHost());
  }

  /// Begins a sign-on with OpenID Connect: where to send the browser, which comes back within ten minutes.
  ///
  /// @param comeBackTo the address that the provider sends it to, with a `code` and the `state`
  /// @param next the page that was wanted
  /// @throws ProblemException `not_found` without such a provider, `server_unreachable` when it does not answer
  public SignOn beginSignOn(URI comeBackTo, String next) {
    String state = Tokens.random(32);
    String nonce = Tokens.random(32);
    String verifier = Tokens.random(32);
    var address = provider().address(comeBackTo, state, nonce, verifier);
    accounts.begin(state, nonce, verifier, next);
    return new SignOn(address, state);
  }

  /// Ends a sign-on: opens a session for whom the provider vouches for.
  ///
  /// @throws ProblemException `not_allowed` when it was not begun here, took too long, or somebody nobody knows comes;
  ///   `server_unreachable` when the provider does not say who it is
  public SignedOn endSignOn(URI comeBackTo, String state, String code) {
    var begun = accounts.take(state).orElseThrow(() -> Problem.of(Problem.Code.NOT_ALLOWED,
        "this sign-in has ended, or began elsewhere", "Begin again on the sign-in page.").asException());
    var vouched = provider().exchange(code, comeBackTo, begun.nonce(), begun.verifier());
    return new SignedOn(accounts.signOn(vouched, provider().settings().newcomers()), begun.next());
  }

  private Provider provider() {
    return provider.orElseThrow(
        () -> Problem.of(Problem.Code.NOT_FOUND, "no other sign-in is set", "Set sign_on_issuer.").asException());
  }

  /// The session this token opens, unless it has ended.
  public Optional<Session> session(String token) {
    return accounts.session(token);
  }

  /// Ends a session; nothing happens when it has ended already.
  public void signOut(String token) {
    accounts.signOut(token);
  }

  /// Ends everybody's sessions: whoever was signed in signs in again.
  public void endSessions() {
    accounts.endSessions();
  }

  /// Sets a password and ends all sessions of that user.
  ///
  /// @throws ProblemException `not_found`, or `invalid_parameter` when it is too short
  public void setPassword(String user, Secret password) {
    accounts.setPassword(user, password);
  }

  /// Sets one's own password and ends all one's sessions.
  ///
  /// @throws ProblemException `not_allowed` when the current one is wrong, `too_many_requests` after several of these,
  ///   `invalid_parameter` when the new one is too short
  public void changePassword(String user, Secret current, Secret password) {
    accounts.changePassword(user, current, password);
  }

  /// What somebody chose for themselves, by name.
  public Map<String, String> preferences(Caller caller) {
    return preferences.of(caller);
  }

  /// Keeps what somebody chose; what they chose of other names stays.
  public void prefer(Caller caller, Map<String, String> chosen) {
    preferences.put(caller, chosen);
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
    return auditTrail(new AuditQuery(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
        AuditQuery.ALL, limit));
  }

  /// Every entry that names this id, newest first. Looks at all of them, so ask rarely.
  public List<AuditEntry> auditTrailOf(String id) {
    return auditTrail.naming(id);
  }

  /// The entries that were asked for, newest first.
  public List<AuditEntry> auditTrail(AuditQuery wanted) {
    return auditTrail.find(wanted);
  }

  /// The first break in the chain of the audit trail, if somebody changed the past.
  public Optional<Problem> verifyAuditTrail() {
    return auditTrail.verify();
  }
}
