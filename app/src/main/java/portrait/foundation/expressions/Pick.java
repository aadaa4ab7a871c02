package portrait.foundation.expressions;

import java.util.List;

/// Which events are meant, whenever they happened.
///
/// @param names any of these; empty means every event
/// @param where what else must hold of the event
public record Pick(List<String> names, Condition where) {
  public Pick {
    names = List.copyOf(names);
  }
}
