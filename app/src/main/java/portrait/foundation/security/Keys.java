package portrait.foundation.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.database.Database;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.StoreException;
import portrait.foundation.database.Transaction;
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
  private static final int RATE_MAX = 1_000_000;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Duration GRACE_MAX = Duration.ofDays(30);
  private static final String LISTED = """
      SELECT id, role, name, created_at, created_by, last_used_at, revoked_at, limits, scopes, expires_at, rotated_at,
        previous_until, requests_per_second FROM api_key""";

  /// @param until when this text of the key stops working
  private record Known(String id, String fingerprint, Caller caller, Instant readAt, Instant until,
      AtomicReference<Instant> usedAt) {}

  private final Database database;
  private final Clock clock;
  private final AuditTrail auditTrail;
  private volatile SortedSet<String> areas = Collections.emptySortedSet();
  private final AtomicLong revocations = new AtomicLong();
  private final ConcurrentHashMap<String, Known> byFingerprint = new ConcurrentHashMap<>();

  Keys(Database database, Clock clock, AuditTrail auditTrail) {
    this.database = database;
    this.clock = clock;
    this.auditTrail = auditTrail;
  }

  NewKey create(KeyTerms terms) {
    refuseOdd(terms);
    String id = Tokens.random(6);
    String key = text(terms.role());
    Caller caller = AuditTrail.caller();
    caller.refuseBeyond(terms.role());
    database.write(transaction -> {
      auditTrail.append(transaction, caller, "key created", "Key/" + id, told(terms));
      return transaction.update("""
          INSERT INTO api_key (id, key_hash, role, name, created_at, created_by, limits, scopes, expires_at,
            requests_per_second)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""", id, Tokens.fingerprint(key), terms.role().name(), terms.name(),
          clock.instant(), caller.name(), terms.limits().map(JSON::writeValueAsString).orElse(null),
          terms.scopes().isEmpty() ? null : JSON.writeValueAsString(terms.scopes().stream().map(Scope::text).toList()),
          terms.expiresAt().orElse(null), terms.requestsPerSecond().orElse(null));
    });
    return new NewKey(id, Secret.of(key), terms, Optional.empty());
  }

  private void refuseOdd(KeyTerms terms) {
    if (terms.role() == Role.OWNER) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "role was 'owner' but a key can be at most admin",
          "What only the owner may do is done signed in.").asException();
    }
    String name = terms.name();
    if (name.isBlank() || name.length() > NAME_LENGTH_MAX || name.chars().anyMatch(Character::isISOControl)) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "name of the key has %d characters but must have 1 to %d that print".formatted(name.length(),
              NAME_LENGTH_MAX))
          .asException();
    }
    if (terms.expiresAt().filter(end -> !end.isAfter(clock.instant())).isPresent()) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "the key would end at %s but must end in the future".formatted(terms.expiresAt().get())).asException();
    }
    refuseOdd(terms.requestsPerSecond());
    for (var scope : terms.scopes()) {
      if (!areas.isEmpty() && !areas.contains(scope.area())) {
        throw Problem.of(Problem.Code.INVALID_PARAMETER, "there is no scope '%s'".formatted(scope.text()),
            "There are %s, each also with :read.".formatted(String.join(", ", areas))).asException();
      }
    }
  }

  private static void refuseOdd(Optional<Integer> requestsPerSecond) {
    if (requestsPerSecond.filter(rate -> rate < 1 || rate > RATE_MAX).isPresent()) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "requests a second of the key were %d but must be a whole number from 1 to %d".formatted(
              requestsPerSecond.get(), RATE_MAX))
          .asException();
    }
  }

  private static String told(KeyTerms terms) {
    return "%s, role %s%s%s%s%s".formatted(terms.name(), terms.role().text(),
        terms.limits().isPresent() ? ", limited" : "",
        terms.scopes().isEmpty() ? ""
            : terms.scopes().stream().map(Scope::text).collect(Collectors.joining(" ", ", for ", "")),
        terms.expiresAt().map(end -> ", until " + end).orElse(""),
        terms.requestsPerSecond().map(", %d requests a second"::formatted).orElse(""));
  }

  private static String text(Role role) {
    return "pk_%s_%s".formatted(role.letter(), Tokens.random(20));
  }

  /// Which scopes there are; a key made for another is refused.
  void offer(Set<String> areas) {
    this.areas = new TreeSet<>(areas);
  }

  NewKey rotate(String id, Duration grace) {
    if (grace.isNegative() || grace.compareTo(GRACE_MAX) > 0) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "the old key would stay good for %s but must for 0 to %d hours".formatted(grace, GRACE_MAX.toHours()))
          .asException();
    }
    Caller caller = AuditTrail.caller();
    var made = database.write(transaction -> {
      Instant now = clock.instant();
      var known = valid(transaction, id, now);
      caller.refuseBeyond(known.role());
      String key = text(known.role());
      Instant until = now.plus(grace);
      transaction.update("""
          UPDATE api_key SET previous_hash = key_hash, previous_until = ?, key_hash = ?, rotated_at = ? WHERE id = ?
          """, until, Tokens.fingerprint(key), now, id);
      auditTrail.append(transaction, caller, "key rotated", "Key/" + id, "the text before is good until " + until);
      return new NewKey(id, Secret.of(key), known.terms(), Optional.of(until));
    });
    forget(id);
    return made;
  }

  /// @param requestsPerSecond empty for what holds for all keys
  void setRate(String id, Optional<Integer> requestsPerSecond) {
    refuseOdd(requestsPerSecond);
    Caller caller = AuditTrail.caller();
    database.write(transaction -> {
      var known = valid(transaction, id, clock.instant());
      caller.refuseBeyond(known.role());
      var before = known.terms().requestsPerSecond();
      if (before.equals(requestsPerSecond)) {
        return 0;
      }
      auditTrail.append(transaction, caller, "key rate changed", "Key/" + id,
          "from %s to %s".formatted(told(before), told(requestsPerSecond)));
      return transaction.update("UPDATE api_key SET requests_per_second = ? WHERE id = ?",
          requestsPerSecond.orElse(null), id);
    });
    forget(id);
  }

  private static String told(Optional<Integer> requestsPerSecond) {
    return requestsPerSecond.map("%d requests a second"::formatted).orElse("what holds for all keys");
  }

  private static KeyInfo valid(Transaction transaction, String id, Instant now) {
    var known = transaction.first(LISTED + " WHERE id = ?", row -> info(row, now), id)
        .orElseThrow(() -> notFound(id));
    if (!known.isValid(now)) {
      throw Problem.of(Problem.Code.CONFLICT, "the key '%s' was revoked or has ended".formatted(id),
          "Make another key.").asException();
    }
    return known;
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
    if (!Tokens.isSame(known.fingerprint(), fingerprint) || !now.isBefore(known.until())) {
      return Optional.empty();
    }
    noteUse(known, now);
    return Optional.of(known.caller());
  }

  private Optional<Known> read(String fingerprint, Instant now) {
    return database.read(transaction -> transaction.first("""
        SELECT id, role, name, last_used_at, limits, scopes, expires_at, key_hash, previous_until, requests_per_second
        FROM api_key
        WHERE (key_hash = ? OR previous_hash = ?) AND revoked_at IS NULL
        """, row -> {
      Instant usedAt = row.instantOrNull(4);
      Instant end = Optional.ofNullable(row.instantOrNull(7)).orElse(Instant.MAX);
      Instant previousEnd = Optional.ofNullable(row.instantOrNull(9)).orElse(Instant.MIN);
      boolean isPrevious = !row.text(8).equals(fingerprint);
      var caller = new Caller(row.text(3), Role.valueOf(row.text(2)), "", limits(row.textOrNull(5)),
          scopes(row.textOrNull(6)), Optional.of(row.text(1)), rate(row, 10));
      return new Known(row.text(1), fingerprint, caller, now,
          isPrevious && previousEnd.isBefore(end) ? previousEnd : end,
          new AtomicReference<>(usedAt == null ? Instant.EPOCH : usedAt));
    }, fingerprint, fingerprint));
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
    Instant now = clock.instant();
    return database.read(transaction -> transaction.query(LISTED + " ORDER BY created_at, id", row -> info(row, now)));
  }

  private static KeyInfo info(ResultRow row, Instant now) {
    return new KeyInfo(row.text(1),
        new KeyTerms(Role.valueOf(row.text(2)), row.text(3), limits(row.textOrNull(8)), scopes(row.textOrNull(9)),
            Optional.ofNullable(row.instantOrNull(10)), rate(row, 13)),
        row.instant(4), row.text(5),
        Optional.ofNullable(row.instantOrNull(6)).map(moment -> moment.truncatedTo(ChronoUnit.MINUTES)),
        Optional.ofNullable(row.instantOrNull(7)), Optional.ofNullable(row.instantOrNull(11)),
        Optional.ofNullable(row.instantOrNull(12)).filter(now::isBefore));
  }

  private static Optional<Integer> rate(ResultRow row, int column) {
    return Optional.ofNullable(row.numberOrNull(column)).map(Math::toIntExact);
  }

  private static List<Scope> scopes(@Nullable String json) {
    return json == null ? List.of()
        : JSON.readTree(json).valueStream().map(text -> Scope.of(text.asString())).toList();
  }

  private static Optional<LookUpLimits> limits(@Nullable String json) {
    return Optional.ofNullable(json).map(text -> JSON.readValue(text, LookUpLimits.class));
  }

  void revoke(String id) {
    Caller caller = AuditTrail.caller();
    database.write(transaction -> {
      if (transaction.first("SELECT 1 FROM api_key WHERE id = ?", row -> row.number(1), id).isEmpty()) {
        throw notFound(id);
      }
      int revoked = transaction.update("UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
          clock.instant(), id);
      if (revoked == 1) {
        auditTrail.append(transaction, caller, "key revoked", "Key/" + id, "");
      }
      return revoked;
    });
    forget(id);
  }

  private void forget(String id) {
    revocations.incrementAndGet();
    byFingerprint.values().removeIf(known -> known.id().equals(id));
  }

  private static ProblemException notFound(String id) {
    return Problem.of(Problem.Code.NOT_FOUND, "there is no key '%s'".formatted(id)).asException();
  }
}
