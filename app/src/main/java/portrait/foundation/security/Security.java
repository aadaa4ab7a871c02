package portrait.foundation.security;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Secret;

/// People, keys, sessions and the audit trail.
public final class Security {

  public static Migrations migrations() {
    return Migrations.beside(Security.class);
  }

  public Security(Database database, Clock clock) {}

  public NewKey createKey(Role role, String name) {
    throw new UnsupportedOperationException();
  }

  public Optional<Caller> authenticateKey(String key) {
    throw new UnsupportedOperationException();
  }

  public List<KeyInfo> keys() {
    throw new UnsupportedOperationException();
  }

  public void revokeKey(String id) {
    throw new UnsupportedOperationException();
  }

  public Optional<OneTimePassword> ensureOwner() {
    throw new UnsupportedOperationException();
  }

  public Optional<SignedIn> signIn(String user, Secret password) {
    throw new UnsupportedOperationException();
  }

  public Optional<Session> session(String token) {
    throw new UnsupportedOperationException();
  }

  public void signOut(String token) {
    throw new UnsupportedOperationException();
  }

  public void setPassword(String user, Secret password) {
    throw new UnsupportedOperationException();
  }

  public void audit(String action, String target, String detail) {
    throw new UnsupportedOperationException();
  }

  public List<AuditEntry> auditTrail(int limit) {
    throw new UnsupportedOperationException();
  }

  /// The first break in the chain of the audit trail, if somebody changed the past.
  public Optional<Problem> verifyAuditTrail() {
    throw new UnsupportedOperationException();
  }
}
