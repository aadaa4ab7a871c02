package portrait.stages.identity;

import java.util.List;
import java.util.Set;

/// What forgetting a customer did to the graph.
///
/// @param numbers of the identities that are no more: what hangs on them is to be deleted, too
/// @param touched OTHER customers whose key ring changed; evaluate them again
public record Forgotten(List<Long> numbers, Set<CustomerKey> touched) {

  public Forgotten {
    numbers = List.copyOf(numbers);
    touched = Set.copyOf(touched);
  }
}
