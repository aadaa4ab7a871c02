package portrait.stages.events;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Uses;

/// What is kept in memory of an event, and what is not: definitions look at few names and few properties.
final class Reduction {

  /** Texts like categories come again and again; one of each is kept. A power of two. */
  private static final int TEXTS = 1 << 12;

  private final Uses uses;
  private final Map<String, String> names = new HashMap<>();
  private final Map<String, Integer> places = new HashMap<>();
  private final List<String> paths;
  private final @Nullable String[] texts = new String[TEXTS];

  /// @param uses what all definitions in force depend on
  Reduction(Uses uses) {
    this.uses = uses;
    this.paths = uses.properties().stream().sorted().toList();
    uses.events().forEach(name -> names.put(name, name));
    paths.forEach(path -> places.put(path, places.size()));
  }

  boolean isOf(Uses others) {
    return uses == others || uses.equals(others);
  }

  /// The event as it is kept; empty when nothing looks at events of its name.
  Optional<RecentEvent> of(PastEvent event) {
    if (!uses.looksAt(event.name())) {
      return Optional.empty();
    }
    var values = new @Nullable Object[paths.size()];
    for (int i = 0; i < values.length; i++) {
      Object value = event.property(paths.get(i));
      // What is no value may be a list.
      values[i] = value instanceof String text ? shared(text) : value == null ? event.items(paths.get(i)) : value;
    }
    return Optional.of(new RecentEvent(event.id(), names.getOrDefault(event.name(), event.name()), event.eventType(),
        event.at(), this, values));
  }

  private String shared(String text) {
    int place = text.hashCode() & TEXTS - 1;
    String known = texts[place];
    if (known != null && known.equals(text)) {
      return known;
    }
    texts[place] = text;
    return text;
  }

  /// Where the value of a property stands among an event's.
  int place(String path) {
    Integer place = places.get(path);
    if (place == null) {
      throw new IllegalStateException("the property '%s' is read but no definition says so".formatted(path));
    }
    return place;
  }
}
