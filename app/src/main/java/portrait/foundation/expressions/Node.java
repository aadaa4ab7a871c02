package portrait.foundation.expressions;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The compiled tree of the live evaluator: one small object for each part, one kind for each type, so that numbers
/// and times are never boxed.
sealed interface Node {

  /// True, false, or null for unknown.
  @FunctionalInterface
  non-sealed interface Truth extends Node {
    @Nullable
    Boolean of(Moment moment);
  }

  /// NaN is missing.
  @FunctionalInterface
  non-sealed interface Number extends Node {
    double of(Moment moment);
  }

  @FunctionalInterface
  non-sealed interface Text extends Node {
    @Nullable
    String of(Moment moment);
  }

  /// Days or microseconds since 1970; [Values#NO_TIME] is missing.
  @FunctionalInterface
  non-sealed interface Time extends Node {
    long of(Moment moment);
  }

  /// The items of a list; null is missing.
  @FunctionalInterface
  non-sealed interface Items extends Node {
    @Nullable
    List<@Nullable Object> of(Moment moment);
  }

  /// A value of whatever type it has.
  @FunctionalInterface
  non-sealed interface Any extends Node {
    @Nullable
    Object of(Moment moment);
  }
}
