package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.stages.exports.DryRun;
import portrait.stages.exports.ExportDefinition;
import portrait.stages.exports.Refusal;
import portrait.stages.exports.RunReport;

/// One export: whom it sends where, what a run would send, and its runs.
///
/// @param connection its title; empty while detached
/// @param refusals of the last run
/// @param tried what a run would send, where that was asked for
/// @param choices connections that the reader may choose for one that is detached
public record ExportPage(ExportDefinition export, Optional<String> connection, String type, long sent,
    List<RunReport> runs, List<Refusal> refusals, Optional<DryRun> tried, boolean isManageable,
    List<ExportsPage.Choice> choices) {

  public ExportPage {
    runs = List.copyOf(runs);
    refusals = List.copyOf(refusals);
    choices = List.copyOf(choices);
  }

  /// The colour of a status.
  public static String tone(RunReport.Status status) {
    return switch (status) {
      case RUNNING -> "running";
      case DONE -> "done";
      case PARTLY -> "unknown";
      case FAILED -> "failed";
      case CANCELLED, INTERRUPTED -> "unknown";
    };
  }
}
