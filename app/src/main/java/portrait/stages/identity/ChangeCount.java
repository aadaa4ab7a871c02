package portrait.stages.identity;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Adds up the outcomes of a batch, slice by slice.
final class ChangeCount {

  private final Set<CustomerKey> touched = new HashSet<>();
  private long merged;
  private long split;
  private long created;

  void add(long moreMerged, long moreSplit, long moreCreated) {
    merged += moreMerged;
    split += moreSplit;
    created += moreCreated;
  }

  void touch(Collection<CustomerKey> customers) {
    touched.addAll(customers);
  }

  Changes changes() {
    return new Changes(merged, split, created, touched);
  }
}
