package portrait.stages.events;

import java.util.function.Consumer;
import portrait.foundation.database.Transaction;

/// Reads collected events by the identities they hang on, for who derives things from all of them.
final class AnchorScan {

  private AnchorScan() {}

  static void each(Transaction transaction, long from, long to, Consumer<StoredEvent> use) {
    transaction.each("""
        SELECT position, anchor, id, type, name, at, received_at, source, identities, properties, context
        FROM event
        WHERE anchor >= ? AND anchor <= ? AND type <> 'activity' ORDER BY anchor, position""",
        row -> use.accept(new StoredEvent(row.number(1), row.number(2),
            new Event(row.text(3), EventType.of(row.text(4)), row.text(5), row.instant(6), row.instant(7), row.text(8),
                EventJson.identities(row.text(9)), EventJson.object(row.text(10)),
                EventJson.object(row.text(11))))),
        from, to);
  }
}
