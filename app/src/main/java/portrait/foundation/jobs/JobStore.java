package portrait.foundation.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Problem;

/// The history of jobs in the profile store. Only starts and ends are written, not every step of progress.
final class JobStore {

  private static final int RUNS_KEPT = 1_000;
  private static final String JOB_COLUMNS = "id, name, title, status, started_at, ended_at, started_by";

  /** A node that was silent for so long is gone, or will find out that its runs were given up. */
  private static final Duration SILENCE_MAX = Duration.ofMinutes(1);

  private final Database database;
  /** Names this node among those that share the store. */
  private final UUID owner = UUID.randomUUID();

  JobStore(Database database) {
    this.database = database;
  }

  /// Whether runs of other nodes may be in the store.
  boolean isShared() {
    return database.isShared();
  }

  /// Writes a new run, unless one of the same name goes on or waits for its turn.
  ///
  /// @return the runs that it cannot go on beside and that came first: it must wait until they have ended
  /// @throws portrait.foundation.model.ProblemException `already_running` with the detail `job`
  List<Job> insert(Job job, Set<String> notBeside) {
    return database.write(transaction -> {
      var others = jobs(transaction, "SELECT " + JOB_COLUMNS
          + " FROM job WHERE status IN ('QUEUED', 'RUNNING') ORDER BY started_at, id" + transaction.forUpdate());
      others.stream().filter(other -> other.name().equals(job.name())).findFirst().ifPresent(same -> {
        throw Problem.of(Problem.Code.ALREADY_RUNNING,
            "'%s' is already running: job %s, started by %s at %s".formatted(same.name(), same.id(), same.by(),
                same.startedAt()),
            "Watch or cancel that job, then start again.").with("job", same.id()).asException();
      });
      var first = others.stream().filter(other -> notBeside.contains(other.name())
          || refuses(transaction, other, job.name())).toList();
      transaction.update("""
          DELETE FROM job WHERE id IN (
            SELECT id FROM job WHERE ended_at IS NOT NULL ORDER BY started_at DESC, id LIMIT 1000000 OFFSET ?)""",
          RUNS_KEPT - 1);
      transaction.update(
          """
          INSERT INTO job (id, name, title, status, started_at, ended_at, started_by, owner, alive_at, not_beside)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
          job.id().value(), job.name(), job.title(), job.status().name(), job.startedAt(), job.endedAt(), job.by(),
          owner, job.startedAt(), listed(notBeside));
      var rows = new ArrayList<@Nullable Object[]>();
      for (int position = 0; position < job.tasks().size(); position++) {
        var task = job.tasks().get(position);
        rows.add(new @Nullable Object[]{job.id().value(), position, task.name(), task.title(), task.status().name(), 0,
            0, ""});
      }
      transaction.batch("""
          INSERT INTO job_task (job_id, position, name, title, status, rows_done, rows_expected, note)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)""", rows);
      return first;
    });
  }

  /// Whether a run has not ended.
  boolean goesOn(JobId id) {
    return database.read(transaction -> transaction.first(
        "SELECT 1 FROM job WHERE id = ? AND status IN ('QUEUED', 'RUNNING')", _ -> true, id.value())).isPresent();
  }

  /// Whether a run that goes on must not have one of this name beside it, whichever of the two began.
  private static boolean refuses(Transaction transaction, Job running, String name) {
    return transaction.first("SELECT not_beside FROM job WHERE id = ?", row -> row.text(1), running.id().value())
        .filter(names -> names.contains(listed(Set.of(name)))).isPresent();
  }

  private static String listed(Set<String> names) {
    return names.isEmpty() ? "" : "," + String.join(",", new TreeSet<>(names)) + ",";
  }

  /// Writes how far the run and all its tasks are.
  void update(Job job) {
    database.write(transaction -> {
      transaction.update("UPDATE job SET status = ?, ended_at = ? WHERE id = ?", job.status().name(), job.endedAt(),
          job.id().value());
      var rows = new ArrayList<@Nullable Object[]>();
      for (int position = 0; position < job.tasks().size(); position++) {
        var task = job.tasks().get(position);
        var problem = task.problem();
        rows.add(new @Nullable Object[]{task.status().name(), task.rowsDone(), task.rowsExpected(), task.startedAt(),
            task.endedAt(), task.note(), problem == null ? null : problem.code().name(),
            problem == null ? null : problem.message(), problem == null ? null : problem.hint(), job.id().value(),
            position});
      }
      transaction.batch("""
          UPDATE job_task SET status = ?, rows_done = ?, rows_expected = ?, started_at = ?, ended_at = ?, note = ?,
            problem_code = ?, problem_message = ?, problem_hint = ?
          WHERE job_id = ? AND position = ?""", rows);
      return rows.size();
    });
  }

  /// Ends the runs that a stop of their process cut off: where nodes share the store, those of nodes that are silent;
  /// elsewhere all that are not of this process.
  int failInterrupted(Instant now) {
    var cutOff = database.read(transaction -> transaction.query(
        "SELECT id, alive_at FROM job WHERE status IN ('QUEUED', 'RUNNING') AND owner <> ?",
        row -> new Alive(row.text(1), row.instant(2)), owner)).stream()
        .filter(run -> !database.isShared() || run.at().isBefore(now.minus(SILENCE_MAX))).toList();
    return cutOff.isEmpty() ? 0 : database.write(transaction -> cutOff.stream().mapToInt(run -> {
      // Another node may have been quicker, or the silent one may have come back.
      int failed = transaction.update("""
          UPDATE job SET status = 'FAILED', ended_at = ?
          WHERE id = ? AND alive_at = ? AND status IN ('QUEUED', 'RUNNING')""", now, run.id(), run.at());
      if (failed == 1) {
        transaction.update("""
            UPDATE job_task SET status = CASE status WHEN 'RUNNING' THEN 'FAILED' ELSE 'SKIPPED' END, ended_at = ?,
              note = 'interrupted by a stop'
            WHERE job_id = ? AND status IN ('QUEUED', 'RUNNING')""", now, run.id());
      }
      return failed;
    }).sum());
  }

  private record Alive(String id, Instant at) {}

  /// Says that this node is alive, and asks which of its runs somebody wants to end.
  List<JobId> alive(Instant now) {
    return database.write(transaction -> {
      transaction.update("UPDATE job SET alive_at = ? WHERE owner = ? AND status IN ('QUEUED', 'RUNNING')", now, owner);
      return transaction.query("""
          SELECT id FROM job WHERE owner = ? AND cancel_asked = 1 AND status IN ('QUEUED', 'RUNNING')""",
          row -> JobId.of(row.text(1)), owner);
    });
  }

  /// Asks the node whose run it is to end it.
  void askToCancel(JobId id) {
    database.write(transaction -> transaction
        .update("UPDATE job SET cancel_asked = 1 WHERE id = ? AND status IN ('QUEUED', 'RUNNING')", id.value()));
  }

  Optional<Job> find(JobId id) {
    return database.read(transaction -> jobs(transaction, "SELECT " + JOB_COLUMNS + " FROM job WHERE id = ?",
        id.value()).stream().findFirst());
  }

  List<Job> recent(int limit) {
    return database.read(transaction -> jobs(transaction,
        "SELECT " + JOB_COLUMNS + " FROM job ORDER BY started_at DESC, id LIMIT ?", limit));
  }

  /// The latest runs of a kind; one that goes on comes before those that have ended.
  List<Job> ended(int limit) {
    return database.read(transaction -> jobs(transaction, "SELECT " + JOB_COLUMNS
        + " FROM job WHERE ended_at IS NOT NULL ORDER BY ended_at DESC, id LIMIT ?", limit));
  }

  long countEnded(Instant since) {
    return database.read(transaction -> transaction.first("SELECT count(*) FROM job WHERE ended_at > ?",
        row -> row.number(1), since)).orElseThrow();
  }

  List<Job> latest(String name, int limit) {
    return database.read(transaction -> jobs(transaction, "SELECT " + JOB_COLUMNS
        + " FROM job WHERE name = ? ORDER BY CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END, started_at DESC, id LIMIT ?",
        name, limit));
  }

  private static List<Job> jobs(Transaction transaction, String sql, @Nullable Object... parameters) {
    var found = transaction.query(sql, JobStore::withoutTasks, parameters);
    return found.stream().map(job -> new Job(job.id(), job.name(), job.title(), job.status(), job.startedAt(),
        job.endedAt(), job.by(), transaction.query("""
            SELECT name, title, status, rows_done, rows_expected, started_at, ended_at, note, problem_code,
              problem_message, problem_hint
            FROM job_task WHERE job_id = ? ORDER BY position""", JobStore::task, job.id().value()))).toList();
  }

  private static Job withoutTasks(ResultRow row) {
    return new Job(JobId.of(row.text(1)), row.text(2), row.text(3), Status.valueOf(row.text(4)), row.instant(5),
        row.instantOrNull(6), row.text(7), List.of());
  }

  private static TaskState task(ResultRow row) {
    String code = row.textOrNull(9);
    var problem = code == null
        ? null
        : new Problem(Problem.Code.valueOf(code), row.text(10), row.text(11), Map.of());
    return new TaskState(row.text(1), row.text(2), Status.valueOf(row.text(3)), row.number(4), row.number(5),
        row.instantOrNull(6), row.instantOrNull(7), row.text(8), problem);
  }
}
