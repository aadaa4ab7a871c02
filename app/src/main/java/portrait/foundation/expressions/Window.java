package portrait.foundation.expressions;

import java.time.Instant;
import java.util.Optional;

/// A stretch of time; never beyond the moment of evaluation.
///
/// @param within later than this long ago
/// @param calendar in these days, weeks, months, quarters or years
/// @param from this moment or later
/// @param to earlier than this moment
/// @param since later than the last of these events; when there was none yet, nothing lies in the window
public record Window(Optional<Span> within, Optional<CalendarPeriod> calendar, Optional<Instant> from,
    Optional<Instant> to, Optional<Pick> since) {

  /// All the past.
  public static final Window ALL = new Window(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
      Optional.empty());

  /// Whether it moves with the moment of evaluation.
  public boolean isMoving() {
    return within.isPresent() || calendar.isPresent();
  }
}
