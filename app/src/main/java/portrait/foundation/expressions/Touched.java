package portrait.foundation.expressions;

import java.util.Collections;
import java.util.Set;

/// What just changed about one customer.
///
/// @param isEverything true after a merge, a refresh, or when time has come: nothing can be left out
public record Touched(boolean isEverything, Set<String> events, Set<String> attributes, Set<String> measures) {

  public Touched {
    events = Set.copyOf(events);
    attributes = Set.copyOf(attributes);
    measures = Set.copyOf(measures);
  }

  public static Touched everything() {
    return new Touched(true, Set.of(), Set.of(), Set.of());
  }

  public static Touched of(Set<String> events, Set<String> attributes) {
    return new Touched(false, events, attributes, Set.of());
  }

  /// The same, and these measures have new values.
  public Touched withMeasures(Set<String> names) {
    return new Touched(isEverything, events, attributes, names);
  }

  /// Whether something with these dependencies may answer differently now. Segments it depends on are not looked at.
  public boolean reaches(Uses uses) {
    return isEverything || uses.isAnyEvent() && !events.isEmpty() || !Collections.disjoint(events, uses.events())
        || !Collections.disjoint(attributes, uses.attributes()) || !Collections.disjoint(measures, uses.measures());
  }
}
