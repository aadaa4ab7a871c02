package portrait.doors.web;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/// The first page: how many customers there are, how fresh, and what is left to do.
///
/// @param loadedTables how many source tables have rows
/// @param days events of each of the last days, oldest first
public record HomePage(long known, long unknown, int loadedTables, boolean hasUnification, boolean hasSegments,
    Optional<Run> lastRefresh, List<Size> segments, List<Day> days) {

  /// @param status as the job says it
  public record Run(String id, String status, Instant at, boolean isRunning) {}

  public record Size(String name, String title, long members) {}

  public record Day(LocalDate day, long events) {}

  public long customers() {
    return known + unknown;
  }

  public long events() {
    return days.stream().mapToLong(Day::events).sum();
  }

  /// Whether the newcomer is past the first steps.
  public boolean isBegun() {
    return customers() > 0;
  }
}
