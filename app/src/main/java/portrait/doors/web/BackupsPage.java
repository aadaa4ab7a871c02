package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.foundation.jobs.Job;
import portrait.processes.backup.Backup;

/// The backups that lie in the home.
///
/// @param lastRun the latest backup, running or ended
public record BackupsPage(List<Backup> backups, Optional<Job> lastRun) {

  public BackupsPage {
    backups = List.copyOf(backups);
  }

  /// How large one is, rounded up.
  public long megabytes(Backup backup) {
    return (backup.bytes() + (1 << 20) - 1) >> 20;
  }
}
