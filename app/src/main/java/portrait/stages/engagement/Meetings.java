package portrait.stages.engagement;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Meetings as calendar files say, until all of them were read: who moves a meeting sends it once more with a higher
/// sequence (RFC 5545, 3.8.7.4), and what was said before does not hold any more.
final class Meetings {

  private final Map<String, Latest> latest = new LinkedHashMap<>();

  /// What the highest sequence says.
  private static final class Latest {

    private long sequence = -1;
    /** By when they begin; empty where it was called off, or is no meeting. */
    private final TreeMap<Instant, Optional<Encounter>> meetings = new TreeMap<>();
  }

  /// @param event the same before and after it is moved; each one of a series that was changed alone has its own
  /// @param meeting empty when it was called off, or is no meeting
  void add(String event, long sequence, Instant start, Optional<Encounter> meeting) {
    var known = latest.computeIfAbsent(event, _ -> new Latest());
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
    latest.values().stream().flatMap(event -> event.meetings.values().stream()).flatMap(Optional::stream).forEach(use);
  }
}
