package portrait.foundation.expressions;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What a condition or formula depends on, so that a change re-evaluates only what it can reach.
///
/// @param events names of events it counts
/// @param isAnyEvent whether it looks at events of every name
/// @param properties paths of what it reads of events
/// @param windowMax the longest window over events; empty when it looks at no events
/// @param isLifetime whether it looks at events of all time, or of a stated past
public record Uses(Set<String> events, boolean isAnyEvent, Set<String> properties, Set<String> attributes,
    Set<String> measures,
    Set<String> segments, Optional<Span> windowMax, boolean isLifetime) {

  /// Nothing at all.
  public static final Uses NOTHING = new Uses(Set.of(), false, Set.of(), Set.of(), Set.of(), Set.of(), Optional.empty(),
      false);

  private static final long DAY_SECONDS = 86_400;

  public Uses {
    events = Set.copyOf(events);
    properties = Set.copyOf(properties);
    attributes = Set.copyOf(attributes);
    measures = Set.copyOf(measures);
    segments = Set.copyOf(segments);
  }

  /// Both together.
  public Uses and(Uses other) {
    var longest = windowMax.isEmpty() || other.windowMax.isPresent()
        && other.windowMax.get().secondsMax() > windowMax.get().secondsMax() ? other.windowMax : windowMax;
    return new Uses(both(events, other.events), isAnyEvent || other.isAnyEvent,
        both(properties, other.properties), both(attributes, other.attributes),
        both(measures, other.measures), both(segments, other.segments), longest, isLifetime || other.isLifetime);
  }

  /// Whether it looks at events of this name.
  public boolean looksAt(String event) {
    return isAnyEvent || events.contains(event);
  }

  /// Events up to this moment cannot matter at `now` or later; empty when all of the past is looked at. It lies a day
  /// before the longest window begins: where clocks change, a day or month of the calendar is longer than its span.
  public Optional<Instant> ignoresUntil(Instant now) {
    return isLifetime ? Optional.empty()
        : Optional.of(now.minusSeconds(windowMax.map(Span::secondsMax).orElse(0L) + DAY_SECONDS));
  }

  private static Set<String> both(Set<String> one, Set<String> other) {
    var all = new TreeSet<>(one);
    all.addAll(other);
    return all;
  }
}
