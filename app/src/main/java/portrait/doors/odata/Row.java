package portrait.doors.odata;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.EventProperties;
import portrait.foundation.expressions.Subject;
import portrait.foundation.model.Identity;
import tools.jackson.databind.json.JsonMapper;

/// One entity.
///
/// @param values by column: String, Long, Double, Boolean, LocalDate, Instant or null
/// @param identities by which it was found, or of the customer it is
/// @param segments of the customer it is; empty for all others
record Row(Map<String, @Nullable Object> values, Set<Identity> identities, Set<String> segments) implements Subject {

  private static final JsonMapper JSON = JsonMapper.shared();

  Row {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    identities = Set.copyOf(identities);
    segments = Set.copyOf(segments);
  }

  static Row of(Map<String, @Nullable Object> values) {
    return new Row(values, Set.of(), Set.of());
  }

  @Nullable
  Object value(Property property) {
    return values.get(property.column());
  }

  @Override
  public @Nullable Object attribute(String name) {
    return values.get(name);
  }

  /// Lists are shown as text; [Binder] asks for no others.
  @Override
  public @Nullable List<@Nullable Object> items(String name) {
    return values.get(name) instanceof String json ? EventProperties.items(JSON.readTree(json)) : null;
  }

  @Override
  public @Nullable Object measure(String name) {
    return null;
  }

  @Override
  public boolean isMember(String segment) {
    return segments.contains(segment);
  }

  @Override
  public List<Occurrence> events() {
    return List.of();
  }
}
