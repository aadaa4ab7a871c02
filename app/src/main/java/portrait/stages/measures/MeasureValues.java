package portrait.stages.measures;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// All measures of one customer at one moment.
///
/// @param values by measure, sorted by name; a measure without a value is not there. String, Long, Double, Boolean,
///        LocalDate or Instant
/// @param changesAt the first moment at which one of them can change by time alone; it may be early, never late
public record MeasureValues(Map<String, Object> values, Optional<Instant> changesAt) {

  public MeasureValues {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }
}
