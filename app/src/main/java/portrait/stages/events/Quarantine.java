package portrait.stages.events;

import java.util.List;
import portrait.foundation.database.Transaction;

/// The table `event_quarantine`.
final class Quarantine {

  void keep(Transaction transaction, Collected.Refused refused) {
    long number = EventLog.reserve(transaction, "quarantine", 1);
    transaction.update("""
        INSERT INTO event_quarantine (number, received_at, source, code, reason, original)
        VALUES (?, ?, ?, ?, ?, ?)""", number, refused.receivedAt(), refused.source(), refused.reason().code().text(),
        refused.reason().message(), refused.original());
  }

  List<QuarantinedEvent> newest(Transaction transaction, int limit) {
    return transaction.query("""
        SELECT number, received_at, source, code, reason, original FROM event_quarantine
        ORDER BY number DESC LIMIT ?""", row -> new QuarantinedEvent(row.number(1), row.instant(2), row.text(3),
        row.text(4), row.text(5), row.bytes(6)), limit);
  }

  long count(Transaction transaction) {
    return transaction.first("SELECT count(*) FROM event_quarantine", row -> row.number(1)).orElseThrow();
  }
}
