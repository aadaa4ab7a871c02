package portrait.foundation.expressions;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/// Whose answers time alone can have changed between two moments.
///
/// @param isForAll anybody's: the calendar moved on, or the time of evaluation itself is looked at
/// @param slices events that dropped out of a window; whoever has one of them may be answered differently
public record Drift(boolean isForAll, Set<Slice> slices) {

  static final Drift NONE = new Drift(false, Set.of());
  static final Drift FOR_ALL = new Drift(true, Set.of());

  public Drift {
    slices = Set.copyOf(slices);
  }

  /// Events between two moments.
  ///
  /// @param names of the events; empty for any
  /// @param after not this moment itself
  /// @param until this moment included
  public record Slice(Set<String> names, Instant after, Instant until) {

    public Slice {
      names = Set.copyOf(names);
    }
  }

  Drift and(Drift other) {
    var all = new HashSet<>(slices);
    all.addAll(other.slices);
    return new Drift(isForAll || other.isForAll, all);
  }
}
