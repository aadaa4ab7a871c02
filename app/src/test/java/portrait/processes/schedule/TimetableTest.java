package portrait.processes.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// When things are planned, on clocks that jump.
class TimetableTest {

  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");

  @Test
  void severalTimesADayFollowTheClockOfTheZone() {
    var times = timetable("18:00", "06:00");
    // Winter, then summer: the clock of Paris is one hour ahead of UTC, then two.
    assertEquals(Instant.parse("2026-03-28T17:00:00Z"), times.next(Instant.parse("2026-03-28T05:00:00Z")));
    assertEquals(Instant.parse("2026-03-29T04:00:00Z"), times.next(Instant.parse("2026-03-28T17:00:00Z")));
  }

  @Test
  void aTimeThatTheClockSkipsIsLaterAndOneThatItShowsTwiceCountsOnce() {
    var times = timetable("02:30");
    assertEquals(Instant.parse("2026-03-29T01:30:00Z"), times.next(Instant.parse("2026-03-28T12:00:00Z")));
    assertEquals(Instant.parse("2026-10-25T00:30:00Z"), times.next(Instant.parse("2026-10-24T12:00:00Z")));
    assertEquals(Instant.parse("2026-10-26T01:30:00Z"), times.next(Instant.parse("2026-10-25T00:30:00Z")));
  }

  @Test
  void daysOfTheWeekAndOfTheMonth() {
    var mondays = new Timetable(List.of(LocalTime.NOON), Set.of(DayOfWeek.MONDAY), Set.of(), PARIS);
    assertEquals(Instant.parse("2026-11-23T11:00:00Z"), mondays.next(Instant.parse("2026-11-22T12:00:00Z")));
    var ends = new Timetable(List.of(LocalTime.NOON), Set.of(), Set.of(31), PARIS);
    assertEquals(Instant.parse("2026-11-30T11:00:00Z"), ends.next(Instant.parse("2026-11-01T00:00:00Z")));
    assertEquals(Instant.parse("2027-02-28T11:00:00Z"), ends.next(Instant.parse("2027-01-31T11:00:00Z")));
  }

  @Test
  void theLastMomentBeforeIsTheOneThatWasNext() {
    var random = new SplittableRandom(20_260_329L);
    for (int i = 0; i < 2_000; i++) {
      var times = new ArrayList<LocalTime>();
      for (int n = 0; n <= random.nextInt(4); n++) {
        times.add(LocalTime.of(random.nextInt(24), random.nextInt(60)));
      }
      var days = random.nextBoolean() ? Set.of(DayOfWeek.of(1 + random.nextInt(7))) : Set.<DayOfWeek>of();
      var timetable = new Timetable(times, days, days.isEmpty() && random.nextBoolean()
          ? Set.of(1 + random.nextInt(31))
          : Set.of(), random.nextBoolean() ? PARIS : ZoneId.of("Australia/Lord_Howe"));
      var from = Instant.parse("2026-03-01T00:00:00Z").plusSeconds(random.nextLong(300L * 86_400));
      var next = timetable.next(from);
      assertEquals(Optional.of(next), timetable.last(from, next), "case " + i + ": " + timetable + " from " + from);
      assertEquals(Optional.empty(), timetable.last(from, next.minus(1, ChronoUnit.MICROS)),
          "case " + i + ": " + timetable + " from " + from);
    }
  }

  private static Timetable timetable(String... times) {
    return new Timetable(List.of(times).stream().map(LocalTime::parse).toList(), Set.of(), Set.of(), PARIS);
  }
}
