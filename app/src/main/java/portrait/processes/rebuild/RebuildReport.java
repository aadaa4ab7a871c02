package portrait.processes.rebuild;

import java.util.List;
import portrait.foundation.jobs.JobId;

/// What a rebuild found.
///
/// @param isCheck whether it only looked; otherwise everything it found is mended
/// @param identities how many were compared, with the links that start at them and what applications said about them
/// @param customers how many were compared
/// @param findings by kind; none on a healthy home
public record RebuildReport(JobId job, boolean isCheck, long identities, long customers, List<Finding> findings) {

  public RebuildReport {
    findings = List.copyOf(findings);
  }

  /// How many differences there are.
  public long differences() {
    return findings.stream().mapToLong(Finding::count).sum();
  }

  /// Differences of one kind.
  ///
  /// @param kind in words: `link missing`
  /// @param samples where some of them are, by number: never a value
  public record Finding(String kind, long count, List<String> samples) {

    public Finding {
      samples = List.copyOf(samples);
    }
  }
}
