package portrait.stages.events;

import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Subject;

/// An event reduced to what the definitions in force look at.
///
/// @param values one for each path of the reduction; a list where the property is one
record RecentEvent(String id, String name, EventType eventType, Instant at, Reduction reduction,
    @Nullable Object[] values) implements Subject.Occurrence {

  static final Comparator<Subject.Occurrence> OLDEST_FIRST = Comparator.comparing(Subject.Occurrence::at)
      .thenComparing(Subject.Occurrence::id);

  private static final int BYTES_OF_A_TEXT = 56;
  private static final int BYTES_OF_A_NUMBER = 24;
  /** The object itself, its moment, and its place in a list. */
  private static final int BYTES_AT_LEAST = 100;

  /// About how many bytes of memory it takes.
  int weight() {
    int sum = BYTES_AT_LEAST + BYTES_OF_A_TEXT + id.length();
    for (var value : values) {
      sum += 4 + switch (value) {
        case null -> 0;
        case String text -> BYTES_OF_A_TEXT + text.length();
        case List<?> items -> BYTES_OF_A_TEXT * items.size();
        default -> BYTES_OF_A_NUMBER;
      };
    }
    return sum;
  }

  @Override
  public String type() {
    return eventType.text();
  }

  @Override
  public @Nullable Object property(String path) {
    Object value = values[reduction.place(path)];
    return value instanceof List<?> ? null : value;
  }

  @Override
  public @Nullable List<@Nullable Object> items(String path) {
    Object value = values[reduction.place(path)];
    return switch (value) {
      case null -> null;
      case List<?> items -> Collections.unmodifiableList(items);
      case Object one -> List.of(one);
    };
  }
}
