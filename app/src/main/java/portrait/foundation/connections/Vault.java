package portrait.foundation.connections;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;

/// Secrets, sealed in the profile store; the key lies elsewhere. Whatever needs the key goes on alone: somebody who came
/// in between would take a rotation under way for one that was cut short, or seal with the key of before.
final class Vault {

  /** How long a vault elsewhere may take to answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Database database;
  private final VaultSettings settings;
  private final Clock clock;
  /** What the command printed, once it was asked. */
  private Optional<VaultKey> printed = Optional.empty();

  Vault(Database database, VaultSettings settings, Clock clock) {
    this.database = database;
    this.settings = settings;
    this.clock = clock;
    settings.before().ifPresent(before -> sealAnew(VaultKey.of(before, "vault_key_before"), key()));
  }

  private record Row(String name, String keyId, byte[] sealed) {}

  synchronized void put(String name, Secret value, String by) {
    var key = makingKey();
    byte[] sealed = key.seal(name, value);
    database.write(tx -> tx.update("""
        INSERT INTO vault_secret (name, key_id, sealed, set_at, set_by) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed,
          set_at = excluded.set_at, set_by = excluded.set_by""", name, key.id(), sealed, clock.instant(), by));
  }

  synchronized Optional<Secret> find(String name) {
    return database.read(tx -> tx.first("SELECT name, key_id, sealed FROM vault_secret WHERE name = ?",
        row -> new Row(row.text(1), row.text(2), row.bytes(3)), name)).map(row -> {
          var key = key();
          if (!key.id().equals(row.keyId())) {
            throw wrongKey(1, key).asException();
          }
          return key.open(row.name(), row.sealed());
        });
  }

  void removeUnder(String prefix) {
    database.write(tx -> {
      int removed = 0;
      for (var row : rowsToChange(tx)) {
        if (row.name().startsWith(prefix)) {
          removed += tx.update("DELETE FROM vault_secret WHERE name = ?", row.name());
        }
      }
      return removed;
    });
  }

  List<SecretInfo> list() {
    return database.read(tx -> tx.query("SELECT name, set_at, set_by FROM vault_secret ORDER BY name",
        row -> new SecretInfo(row.text(1), row.instant(2), row.text(3))));
  }

  /// What keeps the vault from being opened, if anything does.
  synchronized Optional<Problem> problem() {
    var rows = database.read(Vault::rows);
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    try {
      var key = key();
      long wrong = rows.stream().filter(row -> !row.keyId().equals(key.id())).count();
      if (wrong > 0) {
        return Optional.of(wrongKey(wrong, key));
      }
      rows.forEach(row -> key.open(row.name(), row.sealed()));
      return Optional.empty();
    } catch (ProblemException unusable) {
      return Optional.of(unusable.problem());
    }
  }

  /// Makes a new key and seals everything with it. Cut short, the old key or the new one fits: both lie there until it
  /// is decided which.
  ///
  /// @return how many secrets there are
  synchronized int rotate() {
    if (isGiven()) {
      throw Problem.of(Problem.Code.CONFLICT, "the key of the vault is given by the setting vault_key%s".formatted(
          settings.command().isPresent() ? "_command" : ""),
          "Change it there, and start the server once with this one as vault_key_before.").asException();
    }
    var old = makingKey();
    var fresh = VaultKey.random();
    fresh.write(next());
    int count = sealAnew(old, fresh);
    fresh.write(settings.file());
    delete(next());
    return count;
  }

  private int sealAnew(VaultKey from, VaultKey to) {
    return database.write(tx -> {
      int count = 0;
      for (var row : rowsToChange(tx)) {
        if (row.keyId().equals(from.id())) {
          tx.update("UPDATE vault_secret SET key_id = ?, sealed = ? WHERE name = ?", to.id(),
              to.seal(row.name(), from.open(row.name(), row.sealed())), row.name());
          count++;
        }
      }
      return count;
    });
  }

  private static List<Row> rows(Transaction tx) {
    return rows(tx, "");
  }

  private static List<Row> rowsToChange(Transaction tx) {
    return rows(tx, tx.forUpdate());
  }

  private static List<Row> rows(Transaction tx, String lock) {
    return tx.query("SELECT name, key_id, sealed FROM vault_secret ORDER BY name" + lock,
        row -> new Row(row.text(1), row.text(2), row.bytes(3)));
  }

  private VaultKey key() {
    if (settings.key().isPresent()) {
      return VaultKey.of(settings.key().get(), "vault_key");
    }
    if (settings.command().isPresent()) {
      if (printed.isEmpty()) {
        printed = Optional.of(new KeyCommand(settings.command().get(), PATIENCE).ask());
      }
      return printed.get();
    }
    if (Files.exists(next())) {
      settleRotation();
    }
    if (!Files.exists(settings.file())) {
      throw Problem.of(Problem.Code.STORE_FAILED,
          "the vault holds secrets, but its key %s is not there".formatted(settings.file()),
          "Put the file back: it is not part of a backup. Or put the secrets in again.").asException();
    }
    return VaultKey.read(settings.file());
  }

  private boolean isGiven() {
    return settings.key().isPresent() || settings.command().isPresent();
  }

  private VaultKey makingKey() {
    if (!isGiven() && !Files.exists(settings.file()) && list().isEmpty()) {
      VaultKey.random().write(settings.file());
    }
    return key();
  }

  /// A rotation was cut short: the secrets say which key it got to.
  private void settleRotation() {
    var fresh = VaultKey.read(next());
    boolean isDone = database.read(tx -> tx.first("SELECT key_id FROM vault_secret LIMIT 1", row -> row.text(1)))
        .filter(fresh.id()::equals).isPresent();
    if (isDone) {
      fresh.write(settings.file());
    }
    delete(next());
  }

  private Path next() {
    return settings.file().resolveSibling(settings.file().getFileName() + ".next");
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (java.io.IOException failure) {
      throw new ProblemException(Problem.of(Problem.Code.STORE_FAILED, "%s cannot be deleted".formatted(file)),
          failure);
    }
  }

  private static Problem wrongKey(long secrets, VaultKey key) {
    return Problem.of(Problem.Code.STORE_FAILED,
        "the key of the vault is not the one that sealed %d of its secrets".formatted(secrets),
        "Put the right key back, or put the secrets in again.").with("key", key.id());
  }
}
