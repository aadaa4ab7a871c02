package portrait.foundation.database;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import portrait.foundation.model.Problem;

/// Applies each owner's scripts that the store has not seen yet, in one transaction.
final class Migrator {

  /** What has run; the one table that no owner has. */
  static final String TABLE = "migration";

  private static final Pattern STATEMENT_END = Pattern.compile(";\\s*(\\n|$)");

  private Migrator() {}

  /// Tells how many scripts were applied.
  static int migrate(Transaction transaction, Session session, List<Migrations> owners) {
    session.engine().migrationLock().ifPresent(lock -> run(session, lock));
    run(session, session.engine().migration("""
        CREATE TABLE IF NOT EXISTS migration (
          owner TEXT NOT NULL, version BIGINT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL,
          PRIMARY KEY (owner, version)) ${table}"""));
    int applied = 0;
    for (var owner : owners) {
      var known = transaction.query("SELECT checksum FROM migration WHERE owner = ? ORDER BY version",
          row -> row.text(1), owner.owner());
      if (known.size() > owner.scripts().size()) {
        throw Problem.of(Problem.Code.STORE_FAILED,
            "the tables of '%s' are at version %d but this Portrait knows %d".formatted(owner.owner(), known.size(),
                owner.scripts().size()),
            "The store was written by a newer Portrait: start that version, or restore a backup.").asException();
      }
      for (int version = 1; version <= owner.scripts().size(); version++) {
        String script = owner.scripts().get(version - 1);
        String checksum = checksum(script);
        if (version <= known.size()) {
          if (!known.get(version - 1).equals(checksum)) {
            throw Problem.of(Problem.Code.STORE_FAILED,
                "migration %d of '%s' is not the one that this store was made with".formatted(version, owner.owner()),
                "A migration that has run must not change: add the next number instead.").asException();
          }
          continue;
        }
        for (String statement : STATEMENT_END.splitAsStream(session.engine().migration(script)).toList()) {
          if (!statement.isBlank()) {
            run(session, statement);
          }
        }
        transaction.update("INSERT INTO migration (owner, version, checksum, applied_at) VALUES (?, ?, ?, ?)",
            owner.owner(), version, checksum, Instant.now());
        applied++;
      }
    }
    return applied;
  }

  private static void run(Session session, String sql) {
    try (var statement = session.connection().createStatement()) {
      statement.execute(sql);
    } catch (SQLException failure) {
      throw new StoreException(sql, failure);
    }
  }

  static String checksum(String script) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
