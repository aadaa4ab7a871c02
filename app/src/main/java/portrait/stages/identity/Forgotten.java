package portrait.stages.identity;

import java.util.List;
import java.util.Set;
import portrait.foundation.model.Identity;

/// What forgetting a customer did to the graph.
///
/// @param numbers of the identities that are no more: what hangs on them is to be deleted, too
/// @param identities the same as they were called
/// @param neighbours numbers of OTHER customers' identities that facts named together with one of them
/// @param touched OTHER customers whose key ring changed; evaluate them again
public record Forgotten(List<Long> numbers, Set<Identity> identities, Set<Long> neighbours, Set<CustomerKey> touched) {

  public Forgotten {
    numbers = List.copyOf(numbers);
    identities = Set.copyOf(identities);
    neighbours = Set.copyOf(neighbours);
    touched = Set.copyOf(touched);
  }
}
