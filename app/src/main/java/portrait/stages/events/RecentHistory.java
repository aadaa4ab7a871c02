package portrait.stages.events;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one identity did, oldest first, from some moment on. It never changes: an event more gives a new one.
///
/// Mostly an event is later than all others. Then both share one array, in which the older one does not look behind its
/// last event; only when the array is full, or the event is late, is it copied.
final class RecentHistory {

  private static final int ROOM_MIN = 4;
  private static final int BYTES_AT_LEAST = 200;

  private final @Nullable RecentEvent[] room;
  private final int size;
  private final Optional<Instant> after;
  private final long weight;

  private RecentHistory(@Nullable RecentEvent[] room, int size, Optional<Instant> after, long weight) {
    this.room = room;
    this.size = size;
    this.after = after;
    this.weight = weight;
  }

  /// @param events in order
  /// @param after the history is complete behind this moment; empty when it has everything
  static RecentHistory of(List<RecentEvent> events, Optional<Instant> after) {
    long weight = BYTES_AT_LEAST + events.stream().mapToLong(RecentEvent::weight).sum();
    return new RecentHistory(events.toArray(RecentEvent[]::new), events.size(), after, weight);
  }

  /// About how many bytes of memory it takes.
  long weight() {
    return weight;
  }

  /// Whether it has everything behind that moment.
  boolean reachesBack(Optional<Instant> moment) {
    return after.isEmpty() || moment.isPresent() && !after.get().isAfter(moment.get());
  }

  @SuppressWarnings("NullAway") // Up to `size` there are no nulls.
  List<RecentEvent> events() {
    return Arrays.asList(room).subList(0, size);
  }

  /// This and one event more.
  RecentHistory with(RecentEvent event) {
    int found = size == 0 ? -1 : Collections.binarySearch(events(), event, RecentEvent.OLDEST_FIRST);
    int place = found < 0 ? -found - 1 : found;
    boolean isLast = place == size;
    var wider = isLast && size < room.length ? room : Arrays.copyOf(room, Math.max(ROOM_MIN, size + (size >> 1) + 1));
    if (!isLast) {
      System.arraycopy(wider, place, wider, place + 1, size - place);
    }
    wider[place] = event;
    return new RecentHistory(wider, size + 1, after, weight + event.weight());
  }

  /// The part behind a moment, if that is much less; else this.
  RecentHistory without(Optional<Instant> moment) {
    if (moment.isEmpty() || size == 0 || !isOld(size / 2, moment.get())) {
      return this;
    }
    var rest = events().stream().filter(event -> event.at().isAfter(moment.get())).toList();
    return of(rest, moment);
  }

  private boolean isOld(int place, Instant moment) {
    var event = room[place];
    return event != null && !event.at().isAfter(moment);
  }
}
