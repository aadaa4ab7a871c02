package portrait.stages.events;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.Transaction;

/// The table `event_quarantine`.
final class Quarantine {

  private static final String COLUMNS = "number, received_at, source, code, reason, original, type, envelope, times";
  private static final int HASH_BYTES = 16;

  /// Keeps a message; one with the same bytes that is kept already is only counted, because libraries send again what
  /// they are not sure of.
  void keep(Transaction transaction, Collected.Refused refused) {
    var original = refused.original();
    String hash = hash(original.bytes());
    if (transaction.update("UPDATE event_quarantine SET times = times + 1 WHERE hash = ? AND source = ?", hash,
        refused.source()) > 0) {
      return;
    }
    long number = EventLog.reserve(transaction, "quarantine", 1);
    transaction.update("""
        INSERT INTO event_quarantine (number, received_at, source, code, reason, original, type, envelope, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""", number, refused.receivedAt(), refused.source(),
        refused.reason().code().text(), refused.reason().message(), original.bytes(),
        original.type().map(EventType::text).orElse(null), original.envelope(), hash);
  }

  List<QuarantinedEvent> newest(Transaction transaction, long before, int limit) {
    return transaction.query(
        "SELECT " + COLUMNS + " FROM event_quarantine WHERE number < ? ORDER BY number DESC LIMIT ?",
        Quarantine::event, before, limit);
  }

  Optional<QuarantinedEvent> find(Transaction transaction, long number) {
    return transaction.first("SELECT " + COLUMNS + " FROM event_quarantine WHERE number = ?", Quarantine::event,
        number);
  }

  boolean delete(Transaction transaction, long number) {
    return transaction.update("DELETE FROM event_quarantine WHERE number = ?", number) == 1;
  }

  long count(Transaction transaction) {
    return transaction.first("SELECT count(*) FROM event_quarantine", row -> row.number(1)).orElseThrow();
  }

  private static QuarantinedEvent event(ResultRow row) {
    var original = new Original(row.bytes(6), Optional.ofNullable(row.textOrNull(7)).map(EventType::of), row.text(8));
    return new QuarantinedEvent(row.number(1), row.instant(2), row.text(3), row.text(4), row.text(5), original,
        row.number(9));
  }

  private static String hash(byte[] original) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(original), 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
