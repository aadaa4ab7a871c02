package portrait.stages.matching;

import portrait.foundation.jobs.Progress;
import portrait.foundation.warehouse.WarehouseSession;

/// Finds the pairs of records that are one person, without being told examples.
public final class MatchEngine {

  private MatchEngine() {}

  /// Learns from the records, scores the pairs and groups them. Everything it says is a function of the records and the
  /// rule: the same input gives the same tables, whatever its order and however many threads there are.
  public static MatchSummary run(WarehouseSession session, MatchTask task, Progress progress) {
    throw new UnsupportedOperationException("not yet");
  }
}
