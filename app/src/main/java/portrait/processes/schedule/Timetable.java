package portrait.processes.schedule;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// Planned moments, on the clocks of a time zone. A time that a clock skips is as much later as the clock jumps; one that
/// it shows twice counts the first time.
///
/// @param times of a day, earliest first
/// @param days of the week; every day when both sets are empty
/// @param daysOfMonth instead; the last day of a shorter month stands for those it lacks
public record Timetable(List<LocalTime> times, Set<DayOfWeek> days, Set<Integer> daysOfMonth, ZoneId zone) {

  /** More than a month without any planned day there cannot be. */
  private static final int DAYS_MAX = 40;

  public Timetable {
    times = times.stream().sorted().distinct().toList();
    days = Set.copyOf(days);
    daysOfMonth = Set.copyOf(daysOfMonth);
  }

  /// The first planned moment after this one.
  public Instant next(Instant after) {
    var day = LocalDate.ofInstant(after, zone);
    // A time that a clock skips may belong to the day before.
    return IntStream.rangeClosed(-1, DAYS_MAX).mapToObj(day::plusDays).filter(this::isPlanned)
        .flatMap(planned -> times.stream().map(time -> at(planned, time))).filter(moment -> moment.isAfter(after))
        .findFirst().orElseThrow();
  }

  /// The last planned moment in (after, until].
  Optional<Instant> last(Instant after, Instant until) {
    var day = LocalDate.ofInstant(until, zone);
    return IntStream.rangeClosed(-1, DAYS_MAX).mapToObj(back -> day.minusDays(back)).filter(this::isPlanned)
        .flatMap(planned -> times.reversed().stream().map(time -> at(planned, time)))
        .filter(moment -> !moment.isAfter(until)).findFirst().filter(moment -> moment.isAfter(after));
  }

  private Instant at(LocalDate day, LocalTime time) {
    return ZonedDateTime.of(day, time, zone).withEarlierOffsetAtOverlap().toInstant();
  }

  private boolean isPlanned(LocalDate day) {
    if (!daysOfMonth.isEmpty()) {
      boolean isLast = day.getDayOfMonth() == day.lengthOfMonth();
      return daysOfMonth.stream()
          .anyMatch(planned -> planned == day.getDayOfMonth() || isLast && planned > day.lengthOfMonth());
    }
    return days.isEmpty() || days.contains(day.getDayOfWeek());
  }
}
