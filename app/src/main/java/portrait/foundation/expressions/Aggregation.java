package portrait.foundation.expressions;

import java.util.Locale;
import java.util.Optional;

/// How one value is made of many. All but `count` leave out events whose value is missing; all but `count` and
/// `count_distinct` of no value at all are null. `arg_max` and `arg_min` take the value of the event that has most, or
/// least, of something else.
public enum Aggregation {
  COUNT, COUNT_DISTINCT, SUM, MIN, MAX, AVERAGE, FIRST, LAST, ARG_MAX, ARG_MIN;

  /// Whether a second value decides which event is taken.
  boolean isRanked() {
    return this == ARG_MAX || this == ARG_MIN;
  }

  /// As it is written.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Aggregation> of(String text) {
    for (var aggregation : values()) {
      if (aggregation.text().equals(text)) {
        return Optional.of(aggregation);
      }
    }
    return Optional.empty();
  }
}
