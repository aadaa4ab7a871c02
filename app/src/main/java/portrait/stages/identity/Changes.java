package portrait.stages.identity;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// What a batch did to the graph.
///
/// @param merged customers that are no more because they joined another
/// @param split customers that came out of another
/// @param created customers made for identities never seen before
/// @param touched every customer whose key ring changed, and those that are no more; evaluate them again
public record Changes(long merged, long split, long created, Set<CustomerKey> touched) {

  /// Nothing happened.
  public static final Changes NONE = new Changes(0, 0, 0, Set.of());

  public Changes {
    touched = Set.copyOf(touched);
  }

  /// Of several steps together.
  public static Changes sum(Collection<Changes> steps) {
    var touched = new HashSet<CustomerKey>();
    steps.forEach(step -> touched.addAll(step.touched));
    return new Changes(steps.stream().mapToLong(Changes::merged).sum(), steps.stream().mapToLong(Changes::split).sum(),
        steps.stream().mapToLong(Changes::created).sum(), touched);
  }
}
