package portrait.stages.exports;

import java.util.List;
import portrait.stages.exports.RunReport.Counts;
import portrait.stages.exports.destinations.OutRow;

/// What a run would send now.
///
/// @param counts how many of each kind; nothing was sent
/// @param columns of the rows
/// @param samples some rows of each kind
/// @param refusals some of those that would be left out
public record DryRun(Counts counts, List<String> columns, List<OutRow> samples, List<Refusal> refusals) {

  public DryRun {
    columns = List.copyOf(columns);
    samples = List.copyOf(samples);
    refusals = List.copyOf(refusals);
  }
}
