package portrait.stages.exports;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Problem;
import portrait.stages.exports.RunReport.Counts;
import portrait.stages.exports.RunReport.Status;

/// The tables of runs.
final class RunTable {

  /** A run whose node has said nothing for so long is gone. */
  private static final Duration SILENT = Duration.ofMinutes(2);
  /// In the column `is_published`.
  private static final int NOT = 0;
  private static final int PUBLISHED = 1;
  private static final int UNSURE = 2;
  private static final int REFUSALS_MAX = 10_000;
  private static final int KEPT = 200;
  private static final int LIVE_KEPT = 20;
  private static final String COLUMNS = """
      id, export, started_at, ended_at, status, is_full, started_by, entered, changed, left_count, unchanged, refused,
      calls, retries, throttled_millis, note, problem, hint, pass, is_published, without_consent""";

  private final Database database;
  private final Clock clock;

  RunTable(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
    interrupt();
  }

  /// A run that has begun.
  ///
  /// @param pass what it belongs to: a full run that was cut short is gone on with by the next, and both are one pass
  record Begun(UUID id, String pass, Instant startedAt) {}

  /// Runs that a stop cut off. What an atomic one had published counts; what it had not is as if it had never been. Where
  /// the stop came while it was published, the next run looks there.
  private void interrupt() {
    // Where no other node can be at work, whatever still runs was cut off.
    var aliveBefore = database.isShared() ? clock.instant().minus(SILENT) : clock.instant().plus(SILENT);
    record Cut(String id, String pass, long published) {}
    var cut = database.read(tx -> tx.query(
        "SELECT id, pass, is_published FROM export_run WHERE status = 'RUNNING' AND alive_at < ?",
        row -> new Cut(row.text(1), row.text(2), row.number(3)), aliveBefore));
    for (var run : cut) {
      if (run.published() == PUBLISHED) {
        Ledger.settle(database, run.id(), run.pass(), clock.instant());
      } else if (run.published() == NOT) {
        Ledger.discard(database, run.id());
      }
      database.write(tx -> tx.update("UPDATE export_run SET status = ?, ended_at = ? WHERE id = ?",
          (run.published() == PUBLISHED ? Status.DONE : Status.INTERRUPTED).name(), clock.instant(), run.id()));
    }
  }

  /// @throws portrait.foundation.model.ProblemException `already_running`
  Begun begin(ExportDefinition export, boolean isFull, String by) {
    if (database.isShared()) {
      interrupt();
    }
    var id = UUID.randomUUID();
    var now = clock.instant();
    return database.write(tx -> {
      var running = tx.first("SELECT id FROM export_run WHERE export = ? AND status = 'RUNNING'" + tx.forUpdate(),
          row -> row.text(1), export.name());
      if (running.isPresent()) {
        throw Problem.of(Problem.Code.ALREADY_RUNNING, "export '%s' is already running".formatted(export.name()),
            "Wait for its end, or cancel it on the page Jobs.").with("run", running.get()).asException();
      }
      // A full run that did not come to its end is gone on with.
      String pass = tx.first("""
          SELECT pass, is_full, status FROM export_run WHERE export = ? ORDER BY started_at DESC, id LIMIT 1""",
          row -> row.number(2) == 1 && isFull && Status.valueOf(row.text(3)) == Status.INTERRUPTED ? row.text(1)
              : id.toString(),
          export.name()).orElse(id.toString());
      tx.update("""
          INSERT INTO export_run (id, export, started_at, alive_at, status, is_full, pass, started_by, entered, changed,
            left_count, unchanged, refused, calls, retries, throttled_millis, is_published, note)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, '')""", id, export.name(), now, now,
          Status.RUNNING.name(), isFull ? 1 : 0, pass, by);
      return new Begun(id, pass, now);
    });
  }

  void checkpoint(Transaction tx, UUID run, Counts counts) {
    tx.update("""
        UPDATE export_run SET alive_at = ?, entered = ?, changed = ?, left_count = ?, unchanged = ?, refused = ?, calls = ?,
          retries = ?, throttled_millis = ?, without_consent = ? WHERE id = ?""", clock.instant(), counts.entered(),
        counts.changed(),
        counts.left(), counts.unchanged(), counts.refused(), counts.calls(), counts.retries(),
        counts.throttledMillis(), counts.withoutConsent(), run);
  }

  void refused(Transaction tx, UUID run, List<Refusal> refusals, long before) {
    var rows = new ArrayList<@Nullable Object[]>();
    for (int i = 0; i < refusals.size() && before + i < REFUSALS_MAX; i++) {
      rows.add(new @Nullable Object[]{run, before + i, refusals.get(i).customer(), refusals.get(i).reason()});
    }
    tx.batch("INSERT INTO export_refusal (run, number, customer_id, reason) VALUES (?, ?, ?, ?)", rows);
  }

  /// From now on readers may see it.
  void publishing(UUID run) {
    database.write(tx -> tx.update("UPDATE export_run SET is_published = ? WHERE id = ?", UNSURE, run));
  }

  void published(UUID run, String note) {
    database.write(tx -> tx.update("UPDATE export_run SET is_published = ?, note = ? WHERE id = ?", PUBLISHED, note,
        run));
  }

  /// Runs of which it is not known whether readers see them.
  List<Begun> unsure(String export) {
    return database.read(tx -> tx.query("""
        SELECT id, pass, started_at FROM export_run WHERE export = ? AND is_published = ? AND status <> 'RUNNING'
        ORDER BY started_at, id""", row -> new Begun(UUID.fromString(row.text(1)), row.text(2), row.instant(3)), export,
        UNSURE));
  }

  /// What came of it after all.
  void found(Begun run, boolean isPublished) {
    if (isPublished) {
      Ledger.settle(database, run.id().toString(), run.pass(), clock.instant());
      database.write(tx -> tx.update("""
          UPDATE export_run SET is_published = ?, status = 'DONE', problem = NULL, hint = NULL WHERE id = ?""",
          PUBLISHED, run.id()));
    } else {
      Ledger.discard(database, run.id().toString());
      database.write(tx -> tx.update("UPDATE export_run SET is_published = ? WHERE id = ?", NOT, run.id()));
    }
  }

  /// The run is a pass of its own: what it seemed to go on with had come to its end.
  Begun anew(Begun run) {
    var anew = new Begun(run.id(), run.id().toString(), run.startedAt());
    database.write(tx -> tx.update("UPDATE export_run SET pass = ? WHERE id = ?", anew.pass(), run.id()));
    return anew;
  }

  void end(Begun run, String export, Status status, Counts counts, Optional<Problem> problem) {
    database.write(tx -> {
      if (tx.first("SELECT is_published FROM export_run WHERE id = ?", row -> row.number(1), run.id())
          .orElse((long) NOT) != UNSURE) {
        Ledger.discard(tx, run.id().toString());
      }
      checkpoint(tx, run.id(), counts);
      tx.update("UPDATE export_run SET status = ?, ended_at = ?, problem = ?, hint = ? WHERE id = ?", status.name(),
          clock.instant(), problem.map(Problem::message).orElse(null), problem.map(Problem::hint).orElse(null),
          run.id());
      var old = tx.query("SELECT id FROM export_run WHERE export = ? ORDER BY started_at DESC, id LIMIT 100 OFFSET ?",
          row -> row.text(1), export, KEPT);
      // Those of every few seconds must not crowd out the others.
      old.addAll(tx.query("""
          SELECT id FROM export_run WHERE export = ? AND started_by LIKE '%, live' AND status = 'DONE'
          ORDER BY started_at DESC, id LIMIT 100 OFFSET ?""", row -> row.text(1), export, LIVE_KEPT));
      for (String each : old) {
        tx.update("DELETE FROM export_refusal WHERE run = ?", each);
        tx.update("DELETE FROM export_run WHERE id = ?", each);
      }
      return true;
    });
  }

  /// Newest first.
  List<RunReport> recent(String export, int limit) {
    return database.read(tx -> tx.query(
        "SELECT " + COLUMNS + " FROM export_run WHERE export = ? ORDER BY started_at DESC, id LIMIT ?",
        RunTable::report, export, limit));
  }

  /// The latest of each export, newest first.
  List<RunReport> latest(int limit) {
    return database.read(tx -> tx.query("SELECT " + COLUMNS + """
         FROM (SELECT *, row_number() OVER (PARTITION BY export ORDER BY started_at DESC, id) AS place FROM export_run) AS run
        WHERE place = 1 ORDER BY started_at DESC, id LIMIT ?""", RunTable::report, limit));
  }

  Optional<RunReport> find(UUID id) {
    return database.read(tx -> tx.first("SELECT " + COLUMNS + " FROM export_run WHERE id = ?", RunTable::report, id));
  }

  List<Refusal> refusals(UUID run, int limit) {
    return database.read(tx -> tx.query(
        "SELECT customer_id, reason FROM export_refusal WHERE run = ? ORDER BY number LIMIT ?",
        row -> new Refusal(CustomerId.of(row.text(1)), row.text(2)), run, limit));
  }

  private static RunReport report(ResultRow row) {
    var problem = Optional.ofNullable(row.textOrNull(17)).map(message -> Problem.of(Problem.Code.SERVER_UNREACHABLE,
        message, Optional.ofNullable(row.textOrNull(18)).orElse("")));
    return new RunReport(UUID.fromString(row.text(1)), row.text(2), row.instant(3),
        Optional.ofNullable(row.instantOrNull(4)), Status.valueOf(row.text(5)), row.number(6) == 1, row.text(7),
        new Counts(row.number(8), row.number(9), row.number(10), row.number(11), row.number(12), row.number(13),
            row.number(14), row.number(15), row.number(21)),
        row.text(16), problem);
  }
}
