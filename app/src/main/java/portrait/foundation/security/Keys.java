package portrait.foundation.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.database.Database;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.StoreException;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import tools.jackson.databind.json.JsonMapper;

/// API keys. Every request asks, so keys that were found stay in memory for a while.
final class Keys {

  private static final Logger LOG = LoggerFactory.getLogger(Keys.class);

  /// A key revoked on one node works on the others for no longer than this.
  private static final Duration KNOWN_FOR = Duration.ofSeconds(10);
  private static final Duration NOTE_USE_EVERY = Duration.ofMinutes(1);
  private static final int KNOWN_MAX = 10_000;
  private static final int KEY_LENGTH_MAX = 200;
  private static final int NAME_LENGTH_MAX = 100;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private record Known(String id, String fingerprint, Caller caller, Instant readAt,
      AtomicReference<Instant> usedAt) {}

  private final Database database;
  private final Clock clock;
  private final AuditTrail auditTrail;
  private final AtomicLong revocations = new AtomicLong();
  private final ConcurrentHashMap<String, Known> byFingerprint = new ConcurrentHashMap<>();

  Keys(Database database, Clock clock, AuditTrail auditTrail) {
    this.database = database;
    this.clock = clock;
    this.auditTrail = auditTrail;
  }

  NewKey create(Role role, String name, Optional<LookUpLimits> limits) {
    if (role == Role.OWNER) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "role was 'owner' but a key can be at most admin",
          "What only the owner may do is done signed in.").asException();
    }
    if (name.isBlank() || name.length() > NAME_LENGTH_MAX || name.chars().anyMatch(Character::isISOControl)) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "name of the key has %d characters but must have 1 to %d that print".formatted(name.length(),
              NAME_LENGTH_MAX))
          .asException();
    }
    String id = Tokens.random(6);
    String key = "pk_%s_%s".formatted(role.letter(), Tokens.random(20));
    Caller caller = AuditTrail.caller();
    database.write(transaction -> {
      auditTrail.append(transaction, caller, "key created", "Key/" + id, "%s, role %s%s".formatted(name, role.text(),
          limits.isPresent() ? ", limited" : ""));
      return transaction.update("""
          INSERT INTO api_key (id, key_hash, role, name, created_at, created_by, limits)
          VALUES (?, ?, ?, ?, ?, ?, ?)""", id, Tokens.fingerprint(key), role.name(), name, clock.instant(),
          caller.name(), limits.map(JSON::writeValueAsString).orElse(null));
    });
    return new NewKey(id, Secret.of(key), role, name);
  }

  Optional<Caller> authenticate(String key) {
    if (!key.startsWith("pk_") || key.length() > KEY_LENGTH_MAX) {
      return Optional.empty();
    }
    String fingerprint = Tokens.fingerprint(key);
    Instant now = clock.instant();
    long revocationsBefore = revocations.get();
    Known known = byFingerprint.get(fingerprint);
    if (known == null || now.isAfter(known.readAt().plus(KNOWN_FOR))) {
      known = read(fingerprint, now).orElse(null);
      if (known == null) {
        byFingerprint.remove(fingerprint);
        return Optional.empty();
      }
      if (byFingerprint.size() >= KNOWN_MAX) {
        byFingerprint.clear();
      }
      byFingerprint.put(fingerprint, known);
      if (revocations.get() != revocationsBefore) {
        // It may be this one, revoked after it was read.
        byFingerprint.remove(fingerprint);
      }
    }
    if (!Tokens.isSame(known.fingerprint(), fingerprint)) {
      return Optional.empty();
    }
    noteUse(known, now);
    return Optional.of(known.caller());
  }

  private Optional<Known> read(String fingerprint, Instant now) {
    return database.read(transaction -> transaction.first("""
        SELECT id, key_hash, role, name, last_used_at, limits FROM api_key WHERE key_hash = ? AND revoked_at IS NULL
        """, row -> {
      Instant usedAt = row.instantOrNull(5);
      var caller = new Caller(row.text(4), Role.valueOf(row.text(3)), "", limits(row.textOrNull(6)));
      return new Known(row.text(1), row.text(2), caller, now,
          new AtomicReference<>(usedAt == null ? Instant.EPOCH : usedAt));
    }, fingerprint));
  }

  /// Not on the caller's time: the store's writer may be busy with a long batch.
  private void noteUse(Known key, Instant now) {
    Instant before = key.usedAt().get();
    if (now.isBefore(before.plus(NOTE_USE_EVERY)) || !key.usedAt().compareAndSet(before, now)) {
      return;
    }
    Thread.ofVirtual().name("note-key-use").start(() -> {
      try {
        database.write(transaction -> transaction.update(
            "UPDATE api_key SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)", now,
            key.id(), now));
      } catch (ProblemException | StoreException failure) {
        LOG.debug("the last use of key {} was not noted: {}", key.id(), failure.getMessage());
      }
    });
  }

  List<KeyInfo> list() {
    return database.read(transaction -> transaction.query("""
        SELECT id, role, name, created_at, created_by, last_used_at, revoked_at, limits FROM api_key ORDER BY created_at, id
        """, Keys::info));
  }

  private static KeyInfo info(ResultRow row) {
    return new KeyInfo(row.text(1), Role.valueOf(row.text(2)), row.text(3), row.instant(4), row.text(5),
        Optional.ofNullable(row.instantOrNull(6)).map(moment -> moment.truncatedTo(ChronoUnit.MINUTES)),
        Optional.ofNullable(row.instantOrNull(7)), limits(row.textOrNull(8)));
  }

  private static Optional<LookUpLimits> limits(@Nullable String json) {
    return Optional.ofNullable(json).map(text -> JSON.readValue(text, LookUpLimits.class));
  }

  void revoke(String id) {
    Caller caller = AuditTrail.caller();
    database.write(transaction -> {
      if (transaction.first("SELECT 1 FROM api_key WHERE id = ?", row -> row.number(1), id).isEmpty()) {
        throw Problem.of(Problem.Code.NOT_FOUND, "there is no key '%s'".formatted(id)).asException();
      }
      int revoked = transaction.update("UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
          clock.instant(), id);
      if (revoked == 1) {
        auditTrail.append(transaction, caller, "key revoked", "Key/" + id, "");
      }
      return revoked;
    });
    revocations.incrementAndGet();
    byFingerprint.values().removeIf(known -> known.id().equals(id));
  }
}
