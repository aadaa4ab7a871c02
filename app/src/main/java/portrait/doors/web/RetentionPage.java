package portrait.doors.web;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import portrait.processes.retention.Retention;

/// What is kept no longer.
///
/// @param rules what there is, without counts
/// @param findings what the rules would delete now; empty until somebody asks
public record RetentionPage(List<Rule> rules, Optional<List<Retention.Finding>> findings, Optional<Run> lastRun) {

  /// @param says in words
  public record Rule(String name, String title, List<String> says, List<String> usedBy, boolean isHeldBack) {}

  public record Run(String id, String status, Instant at) {}
}
