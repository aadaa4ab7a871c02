package portrait.processes.rebuild;

import java.time.Instant;
import java.util.Optional;
import portrait.foundation.database.Transaction;
import portrait.foundation.jobs.JobId;
import tools.jackson.databind.json.JsonMapper;

/// The table `rebuild_report`.
final class ReportTable {

  private static final int KEPT = 100;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  int insert(Transaction transaction, RebuildReport report, Instant at) {
    transaction.update("""
        DELETE FROM rebuild_report WHERE job_id NOT IN (
          SELECT job_id FROM rebuild_report ORDER BY ended_at DESC, job_id LIMIT ?)""", KEPT - 1);
    return transaction.update("INSERT INTO rebuild_report (job_id, ended_at, report) VALUES (?, ?, ?)",
        report.job().value(), at, JSON.writeValueAsString(report));
  }

  Optional<RebuildReport> find(Transaction transaction, JobId job) {
    return transaction.first("SELECT report FROM rebuild_report WHERE job_id = ?",
        row -> JSON.readValue(row.text(1), RebuildReport.class), job.value());
  }
}
