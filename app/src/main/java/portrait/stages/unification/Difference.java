package portrait.stages.unification;

import java.util.List;
import portrait.foundation.model.Identity;

/// What a run of the rules would change, without changing it.
///
/// @param matching what the rules find now
/// @param added pairs of records that they join and did not join in the last run
/// @param removed pairs that they joined in the last run and do not join any more
/// @param merged customers that would be no more because they join another
/// @param split customers that would come out of another
/// @param isComplete whether all customers that lose a reason were looked at; of very many, only the first are
public record Difference(MatchReport matching, long added, long removed, long merged, long split, boolean isComplete,
    List<Sample> samples) {

  public Difference {
    samples = List.copyOf(samples);
  }

  /// A pair that comes or goes.
  ///
  /// @param rule that joins it now, or joined it
  /// @param isAdded otherwise it goes
  public record Sample(Identity one, Identity other, String rule, double score, boolean isAdded) {}
}
