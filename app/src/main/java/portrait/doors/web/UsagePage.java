package portrait.doors.web;

import java.util.List;

/// What each key asked for, lately.
///
/// @param days how many are looked at
/// @param callers the busiest first
/// @param latest day by day, the latest first
public record UsagePage(int days, List<Caller> callers, List<Day> latest) {

  /// All days together.
  ///
  /// @param share of the requests of the busiest, in hundredths: how long its bar is
  public record Caller(String name, long requests, long events, long refused, int share) {}

  /// One caller on one day.
  public record Day(String day, String name, long requests, long events, long refused) {}
}
