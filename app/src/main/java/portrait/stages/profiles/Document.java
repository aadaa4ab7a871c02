package portrait.stages.profiles;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The merged attributes of one customer.
///
/// @param attributes sorted by name; never null values
public record Document(SortedMap<String, Value> attributes) {

  public static final Document EMPTY = new Document(new TreeMap<>());

  public Document {
    attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
  }

  /// @param value text, Long, Double, Boolean, LocalDate, Instant or a JSON array
  /// @param source whose value won
  /// @param at when that source says it was so; null when it does not say
  public record Value(Object value, String source, @Nullable Instant at) {}

  /// Values without where they came from.
  public Map<String, Object> values() {
    var values = new TreeMap<String, Object>();
    attributes.forEach((name, value) -> values.put(name, value.value()));
    return values;
  }
}
