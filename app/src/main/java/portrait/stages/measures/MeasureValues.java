package portrait.stages.measures;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// All measures of one customer at one moment.
///
/// @param values by measure, sorted by name; a measure without a value is not there. String, Long, Double, Boolean,
///        LocalDate or Instant
/// @param changesAt the first moment at which one of them can change by time alone; it may be early, never late
public record MeasureValues(Map<String, Object> values, Optional<Instant> changesAt) {

  public MeasureValues {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /// Names of measures that have another value than there, or that only one of both has.
  Set<String> differences(MeasureValues other) {
    var names = new TreeSet<>(values.keySet());
    names.addAll(other.values.keySet());
    names.removeIf(name -> Objects.equals(values.get(name), other.values.get(name)));
    return names;
  }
}
