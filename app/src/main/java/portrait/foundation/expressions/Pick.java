package portrait.foundation.expressions;

import java.util.List;

/// Which events are meant, whenever they happened.
///
/// @param names any of these; empty means every event
/// @param where what else must hold of the event
public record Pick(List<String> names, Condition where) {
  public Pick {
    names = List.copyOf(names);
    where = plain(where);
  }

  /// A list of one is its part, so that nothing asked for looks the same however it is written.
  private static Condition plain(Condition condition) {
    return switch (condition) {
      case Condition.All(var parts) when parts.size() == 1 -> plain(parts.getFirst());
      case Condition.Any(var parts) when parts.size() == 1 -> plain(parts.getFirst());
      case Condition other -> other;
    };
  }
}
