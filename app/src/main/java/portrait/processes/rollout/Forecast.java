package portrait.processes.rollout;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import portrait.stages.segments.Estimate;

/// What is to be expected of a segment before it is saved. Every rule is live; what it looks at may come late.
///
/// @param estimate how many it fits; empty where that cannot be said yet
/// @param why there is no estimate; empty where there is one
/// @param late events the rule looks at that come with the load of a source table, and those tables: a segment is as
///   fresh as they are
public record Forecast(String segment, Optional<Estimate> estimate, String why, SortedMap<String, Set<String>> late) {

  public Forecast {
    late = Collections.unmodifiableSortedMap(new TreeMap<>(late));
  }
}
