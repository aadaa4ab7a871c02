package portrait.processes.dashboard;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import portrait.foundation.database.Transaction;
import tools.jackson.databind.json.JsonMapper;

/// The table `dashboard_day`.
final class DayTable {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// A later count of the same day takes the place of an earlier one.
  int put(Transaction transaction, Figures figures, int daysKept) {
    long day = LocalDate.ofInstant(figures.countedAt(), ZoneOffset.UTC).toEpochDay();
    transaction.update("DELETE FROM dashboard_day WHERE day = ? OR day <= ?", day, day - daysKept);
    return transaction.update(
        "INSERT INTO dashboard_day (day, counted_at, known, unknown, figures) VALUES (?, ?, ?, ?, ?)",
        day, figures.countedAt(), figures.known(), figures.unknown(), JSON.writeValueAsString(figures));
  }

  Optional<Figures> latest(Transaction transaction) {
    return transaction.first("SELECT figures FROM dashboard_day ORDER BY day DESC LIMIT 1",
        row -> JSON.readValue(row.text(1), Figures.class));
  }

  Optional<Instant> latestAt(Transaction transaction) {
    return transaction.first("SELECT counted_at FROM dashboard_day ORDER BY day DESC LIMIT 1", row -> row.instant(1));
  }

  /// The oldest first.
  List<Figures.Standing> days(Transaction transaction) {
    return transaction.query("SELECT day, known, unknown FROM dashboard_day ORDER BY day",
        row -> new Figures.Standing(LocalDate.ofEpochDay(row.number(1)), row.number(2), row.number(3)));
  }
}
