package portrait.stages.events;

import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Subject;

/// An event reduced to what the definitions in force look at.
final class RecentEvent implements Subject.Occurrence {

  static final Comparator<Subject.Occurrence> OLDEST_FIRST = Comparator.comparing(Subject.Occurrence::at)
      .thenComparing(Subject.Occurrence::id);

  private static final int BYTES_OF_A_TEXT = 56;
  private static final int BYTES_OF_A_NUMBER = 24;
  /** The object itself, its moment, and its place in a list. */
  private static final int BYTES_AT_LEAST = 100;

  private final String id;
  private final String name;
  private final EventType type;
  private final Instant at;
  private final Reduction reduction;
  private final @Nullable Object[] values;

  /// @param values one for each path of the reduction
  RecentEvent(PastEvent event, String name, Reduction reduction, @Nullable Object[] values) {
    this.id = event.id();
    this.name = name;
    this.type = event.eventType();
    this.at = event.at();
    this.reduction = reduction;
    this.values = values;
  }

  /// About how many bytes of memory it takes.
  int weight() {
    int sum = BYTES_AT_LEAST + BYTES_OF_A_TEXT + id.length();
    for (var value : values) {
      sum += 4 + switch (value) {
        case null -> 0;
        case String text -> BYTES_OF_A_TEXT + text.length();
        default -> BYTES_OF_A_NUMBER;
      };
    }
    return sum;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String type() {
    return type.text();
  }

  @Override
  public Instant at() {
    return at;
  }

  @Override
  public @Nullable Object property(String path) {
    return values[reduction.place(path)];
  }
}
