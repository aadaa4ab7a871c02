package portrait.stages.events;

import java.time.Instant;
import java.util.Set;

/// Which collected events are kept no longer. An empty set means any.
///
/// @param before when they happened
/// @param namespaces of the identity they hang on
public record Expiry(Instant before, Set<String> sources, Set<String> names, Set<String> namespaces) {

  public Expiry {
    sources = Set.copyOf(sources);
    names = Set.copyOf(names);
    namespaces = Set.copyOf(namespaces);
  }
}
