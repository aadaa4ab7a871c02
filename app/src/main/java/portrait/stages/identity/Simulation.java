package portrait.stages.identity;

import java.util.List;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;

/// What other namespaces would make of the customers there are.
///
/// @param examined customers that could come out differently and were looked at
/// @param isComplete whether all of them were; a graph with very many is looked at in part
/// @param merged customers that would be no more because they join another
/// @param split customers that would come out of another
/// @param becomeKnown customers that would be known and are not, as they are now
/// @param becomeUnknown customers that would not be known any more
/// @param samples some of the changes, the first found
public record Simulation(long examined, boolean isComplete, long merged, long split, long becomeKnown,
    long becomeUnknown, List<Sample> samples) {

  public Simulation {
    samples = List.copyOf(samples);
  }

  /// Customers that hang together, before and after.
  public record Sample(List<Before> before, List<List<Identity>> after) {

    public Sample {
      before = List.copyOf(before);
      after = after.stream().map(List::copyOf).toList();
    }

    /// Whether fewer customers come out than went in.
    public boolean isMerge() {
      return after.size() < before.size();
    }
  }

  /// A customer as it is.
  public record Before(CustomerId id, List<Identity> identities) {

    public Before {
      identities = List.copyOf(identities);
    }
  }
}
