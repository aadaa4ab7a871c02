package portrait.stages.engagement;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Meetings as calendar files say, until all of them were read: who moves a meeting sends it once more with a higher
/// sequence (RFC 5545, 3.8.7.4), and what was said before does not hold any more.
final class Meetings {

  private final Map<String, Event> events = new LinkedHashMap<>();

  /// All that is said under one id: a meeting or a series of them, and those of the series that were changed alone.
  private static final class Event {

    private final Latest series = new Latest();
    /** By when they would have begun. */
    private final TreeMap<Instant, Latest> changedAlone = new TreeMap<>();

    Stream<Encounter> meetings() {
      return Stream.concat(
          series.meetings.entrySet().stream().filter(meeting -> !changedAlone.containsKey(meeting.getKey())),
          changedAlone.values().stream().flatMap(one -> one.meetings.entrySet().stream()))
          .flatMap(meeting -> meeting.getValue().stream());
    }
  }

  /// What the highest sequence says.
  private static final class Latest {

    private long sequence = -1;
    /** By when they begin; empty where it was called off, or is no meeting. */
    private final TreeMap<Instant, Optional<Encounter>> meetings = new TreeMap<>();
  }

  /// @param event the same before and after it is moved, and for all of a series
  /// @param replaced when the one of a series would have begun that was changed alone
  /// @param meeting empty when it was called off, or is no meeting
  void add(String event, Optional<Instant> replaced, long sequence, Instant start, Optional<Encounter> meeting) {
    var all = events.computeIfAbsent(event, _ -> new Event());
    var known = replaced.map(moment -> all.changedAlone.computeIfAbsent(moment, _ -> new Latest())).orElse(all.series);
    if (sequence > known.sequence) {
      known.sequence = sequence;
      known.meetings.clear();
    }
    if (sequence == known.sequence) {
      // A file may list those of a series one by one, with the same id. What is called off stays so, in any order.
      known.meetings.merge(start, meeting, (one, other) -> one.isEmpty() ? one : other);
    }
  }

  void each(Consumer<Encounter> use) {
    events.values().stream().flatMap(Event::meetings).forEach(use);
  }
}
