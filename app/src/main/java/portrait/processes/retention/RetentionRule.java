package portrait.processes.retention;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import portrait.foundation.expressions.Span;
import portrait.stages.events.Expiry;

/// One rule about what is deleted when.
///
/// @param evenIfUsed whether it runs although a segment or measure looks further back
public record RetentionRule(String name, String title, Optional<Visitors> visitors, Optional<Events> events,
    boolean evenIfUsed) {

  /// Unknown customers of whom nothing was seen for so long.
  ///
  /// @param namespaces only those all of whose identities are in these; any when empty
  public record Visitors(Span idle, Set<String> namespaces) {

    public Visitors {
      namespaces = Set.copyOf(namespaces);
    }
  }

  /// Collected events that happened so long ago.
  ///
  /// @param sources only of these sources; any when empty
  /// @param names only of these names; any when empty
  /// @param namespaces only those kept under an identity of these; any when empty
  public record Events(Span olderThan, Set<String> sources, Set<String> names, Set<String> namespaces) {

    public Events {
      sources = Set.copyOf(sources);
      names = Set.copyOf(names);
      namespaces = Set.copyOf(namespaces);
    }

    Expiry at(Instant now) {
      return new Expiry(olderThan.before(now), sources, names, namespaces);
    }
  }
}
