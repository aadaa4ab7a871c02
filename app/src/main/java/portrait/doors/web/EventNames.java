package portrait.doors.web;

import java.util.List;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// The names of events that forms offer: the most frequent first.
final class EventNames {

  private static final int OFFERED_MAX = 30;

  private EventNames() {}

  static List<String> of(WarehouseSession session) {
    return session.exists("UnifiedActivity") ? session.query(Sql.of("""
        SELECT ActivityName FROM UnifiedActivity WHERE ActivityName IS NOT NULL GROUP BY ActivityName
        ORDER BY count(*) DESC, ActivityName LIMIT %d""".formatted(OFFERED_MAX)), row -> row.text(1)) : List.of();
  }
}
