package portrait.foundation.expressions;

import java.util.Locale;
import java.util.Optional;

/// How one value is made of many. All but `count` leave out events whose value is missing; all but `count` and
/// `count_distinct` of no value at all are null.
public enum Aggregation {
  COUNT, COUNT_DISTINCT, SUM, MIN, MAX, AVERAGE, FIRST, LAST;

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
