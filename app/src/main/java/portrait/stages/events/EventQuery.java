package portrait.stages.events;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import portrait.foundation.model.Problem;

/// Which events of a customer are wanted, newest first.
///
/// Moments far from any event are moved to where no event can be: the store counts microseconds, in 64 bits.
///
/// @param from the earliest moment, included
/// @param to the latest moment, excluded
/// @param names empty means every name
/// @param limit 1 to 1,000
/// @param cursor the `next` of the page before
/// @param hidden events that are left out
public record EventQuery(Optional<Instant> from, Optional<Instant> to, Set<String> names, int limit,
    Optional<String> cursor, Set<HiddenEvents> hidden) {

  public static final int LIMIT_MAX = 1_000;

  private static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  public EventQuery {
    from = from.map(EventQuery::storable);
    to = to.map(EventQuery::storable);
    names = Set.copyOf(names);
    hidden = Set.copyOf(hidden);
    if (limit < 1 || limit > LIMIT_MAX) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "limit was %d but must be 1 to %d".formatted(limit, LIMIT_MAX)).asException();
    }
  }

  public EventQuery(Optional<Instant> from, Optional<Instant> to, Set<String> names, int limit,
      Optional<String> cursor) {
    this(from, to, names, limit, cursor, Set.of());
  }

  /// The same without some events.
  public EventQuery without(Set<HiddenEvents> events) {
    return new EventQuery(from, to, names, limit, cursor, events);
  }

  static Instant storable(Instant moment) {
    return moment.isBefore(EARLIEST) ? EARLIEST : moment.isAfter(LATEST) ? LATEST : moment;
  }

  /// The newest events.
  public static EventQuery newest(int limit) {
    return new EventQuery(Optional.empty(), Optional.empty(), Set.of(), limit, Optional.empty());
  }
}
