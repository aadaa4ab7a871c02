package portrait.foundation.expressions;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;

/// What just changed about one customer.
///
/// @param everythingBecause why nothing can be left out, for people to read: after a merge, a refresh, when time has come;
///   empty when the sets say all that changed
public record Touched(Optional<String> everythingBecause, Set<String> events, Set<String> attributes,
    Set<String> measures) {

  public Touched {
    events = Set.copyOf(events);
    attributes = Set.copyOf(attributes);
    measures = Set.copyOf(measures);
  }

  public static Touched everything() {
    return everything("everything was looked at again");
  }

  /// @param because why, for people to read
  public static Touched everything(String because) {
    return new Touched(Optional.of(because), Set.of(), Set.of(), Set.of());
  }

  public static Touched of(Set<String> events, Set<String> attributes) {
    return new Touched(Optional.empty(), events, attributes, Set.of());
  }

  /// The same, and these measures have new values.
  public Touched withMeasures(Set<String> names) {
    return new Touched(everythingBecause, events, attributes, names);
  }

  public boolean isEverything() {
    return everythingBecause.isPresent();
  }

  /// Whether something with these dependencies may answer differently now. Segments it depends on are not looked at.
  public boolean reaches(Uses uses) {
    return isEverything() || uses.isAnyEvent() && !events.isEmpty() || !Collections.disjoint(events, uses.events())
        || !Collections.disjoint(attributes, uses.attributes()) || !Collections.disjoint(measures, uses.measures());
  }
}
