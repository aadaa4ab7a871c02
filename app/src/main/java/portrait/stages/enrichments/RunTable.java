package portrait.stages.enrichments;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import portrait.foundation.database.Database;
import portrait.foundation.database.ResultRow;
import portrait.foundation.model.Problem;
import portrait.stages.enrichments.EnrichmentReport.Counts;
import portrait.stages.enrichments.EnrichmentReport.Status;

/// The table of runs.
final class RunTable {

  /** A run whose node has said nothing for so long is gone. */
  private static final Duration SILENT = Duration.ofMinutes(5);
  private static final int KEPT = 200;
  private static final String COLUMNS = """
      SELECT id, enrichment, started_at, ended_at, status, started_by, customers, enriched, unchanged, reused, asked,
        found_nothing, refused, lacking, calls, retries, waited_millis, problem, hint, doubtful, credits FROM enrichment_run""";

  private final Database database;
  private final Clock clock;

  RunTable(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
    interrupt();
  }

  private void interrupt() {
    // Where no other node can be at work, whatever still runs was cut off.
    Instant aliveBefore = database.isShared() ? clock.instant().minus(SILENT) : clock.instant().plus(SILENT);
    database.write(tx -> tx.update(
        "UPDATE enrichment_run SET status = ?, ended_at = ? WHERE status = 'RUNNING' AND alive_at < ?",
        Status.INTERRUPTED.name(), clock.instant(), aliveBefore));
  }

  /// @throws portrait.foundation.model.ProblemException `already_running`
  UUID begin(String enrichment, String by) {
    if (database.isShared()) {
      interrupt();
    }
    var id = UUID.randomUUID();
    var now = clock.instant();
    return database.write(tx -> {
      tx.first("SELECT id FROM enrichment_run WHERE enrichment = ? AND status = 'RUNNING'" + tx.forUpdate(),
          row -> row.text(1), enrichment).ifPresent(running -> {
            throw Problem.of(Problem.Code.ALREADY_RUNNING, "enrichment '%s' is already running".formatted(enrichment),
                "Wait for its end, or cancel it on the page Jobs.").with("run", running).asException();
          });
      tx.update("""
          INSERT INTO enrichment_run (id, enrichment, started_at, alive_at, status, started_by, customers, enriched,
            unchanged, reused, asked, found_nothing, refused, lacking, calls, retries, waited_millis)
          VALUES (?, ?, ?, ?, 'RUNNING', ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)""", id, enrichment, now, now, by);
      return id;
    });
  }

  void checkpoint(UUID run, Counts counts) {
    database.write(tx -> tx.update("""
        UPDATE enrichment_run SET alive_at = ?, customers = ?, enriched = ?, unchanged = ?, reused = ?, asked = ?,
          found_nothing = ?, refused = ?, lacking = ?, calls = ?, retries = ?, waited_millis = ?, doubtful = ?, credits = ?
        WHERE id = ?""",
        clock.instant(), counts.customers(), counts.enriched(), counts.unchanged(), counts.reused(), counts.asked(),
        counts.nothing(), counts.refused(), counts.lacking(), counts.calls(), counts.retries(),
        counts.waitedMillis(), counts.doubtful(), counts.credits(), run));
  }

  void end(UUID run, String enrichment, Status status, Counts counts, Optional<Problem> problem) {
    checkpoint(run, counts);
    database.write(tx -> {
      tx.update("UPDATE enrichment_run SET status = ?, ended_at = ?, problem = ?, hint = ? WHERE id = ?",
          status.name(), clock.instant(), problem.map(Problem::message).orElse(null),
          problem.map(Problem::hint).orElse(null), run);
      tx.query("SELECT id FROM enrichment_run WHERE enrichment = ? ORDER BY started_at DESC, id LIMIT 100 OFFSET ?",
          row -> row.text(1), enrichment, KEPT)
          .forEach(old -> tx.update("DELETE FROM enrichment_run WHERE id = ?", old));
      return true;
    });
  }

  void forget(String enrichment) {
    database.write(tx -> tx.update("DELETE FROM enrichment_run WHERE enrichment = ?", enrichment));
  }

  /// Newest first.
  List<EnrichmentReport> recent(String enrichment, int limit) {
    return database.read(tx -> tx.query(COLUMNS + " WHERE enrichment = ? ORDER BY started_at DESC, id LIMIT ?",
        RunTable::report, enrichment, limit));
  }

  Optional<EnrichmentReport> find(UUID id) {
    return database.read(tx -> tx.first(COLUMNS + " WHERE id = ?", RunTable::report, id));
  }

  private static EnrichmentReport report(ResultRow row) {
    var problem = Optional.ofNullable(row.textOrNull(18)).map(message -> Problem.of(Problem.Code.SERVER_UNREACHABLE,
        message, Optional.ofNullable(row.textOrNull(19)).orElse("")));
    return new EnrichmentReport(UUID.fromString(row.text(1)), row.text(2), row.instant(3),
        Optional.ofNullable(row.instantOrNull(4)), Status.valueOf(row.text(5)), row.text(6),
        new Counts(row.number(7), row.number(8), row.number(9), row.number(10), row.number(11), row.number(12),
            row.number(13), row.number(14), row.number(15), row.number(16), row.number(17), row.number(20),
            row.number(21)),
        problem);
  }
}
