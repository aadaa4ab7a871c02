package portrait.processes.schedule;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import portrait.foundation.database.Database;
import portrait.foundation.jobs.JobId;

/// The tables of what schedules did.
record ScheduleTable(Database database) {

  private static final int KEPT = 200;

  /// Up to which planned moment a schedule was dealt with.
  Instant handledUntil(String name) {
    return database.read(transaction -> transaction.first("SELECT handled_until FROM schedule_state WHERE name = ?",
        row -> row.instant(1), name)).orElse(Instant.EPOCH);
  }

  /// Takes on a planned moment; false when another node has.
  boolean claim(String name, Instant planned) {
    return database.write(transaction -> transaction.update("""
        INSERT INTO schedule_state (name, handled_until) VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET handled_until = excluded.handled_until
        WHERE schedule_state.handled_until < excluded.handled_until""", name, planned)) == 1;
  }

  /// Gives a planned moment back: it could not be dealt with yet.
  void giveBack(String name, Instant planned, Instant before) {
    database.write(transaction -> transaction.update(
        "UPDATE schedule_state SET handled_until = ? WHERE name = ? AND handled_until = ?", before, name, planned));
  }

  void record(ScheduledRun run) {
    database.write(transaction -> {
      transaction.update("""
          INSERT INTO schedule_history (name, planned_at, handled_at, outcome, job_id) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (name, planned_at) DO UPDATE
            SET handled_at = excluded.handled_at, outcome = excluded.outcome, job_id = excluded.job_id""",
          run.schedule(), run.plannedAt(), run.handledAt(), run.outcome().name(),
          run.job().map(JobId::value).orElse(null));
      return transaction.update("""
          DELETE FROM schedule_history WHERE name = ? AND planned_at < COALESCE((
            SELECT planned_at FROM schedule_history WHERE name = ? ORDER BY planned_at DESC LIMIT 1 OFFSET ?), 0)""",
          run.schedule(), run.schedule(), KEPT - 1);
    });
  }

  /// Newest first.
  List<ScheduledRun> history(String name, int limit) {
    return database.read(transaction -> transaction.query("""
        SELECT planned_at, handled_at, outcome, job_id FROM schedule_history WHERE name = ?
        ORDER BY planned_at DESC LIMIT ?""",
        row -> new ScheduledRun(name, row.instant(1), row.instant(2), ScheduledRun.Outcome.valueOf(row.text(3)),
            Optional.ofNullable(row.textOrNull(4)).map(JobId::of)),
        name, limit));
  }
}
