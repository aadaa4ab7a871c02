package portrait.doors.web;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What runs by itself, and a form for more.
///
/// @param items what can be run by itself: measures and segments
/// @param zones time zones to choose from
/// @param form as it was sent, where it was refused
public record SchedulesPage(List<Schedule> schedules, List<Item> items, List<String> zones, Form form,
    List<String> mistakes) {

  /// @param says when, in words
  /// @param runs what, in words
  /// @param lately its last runs, newest first
  public record Schedule(String name, String title, boolean isActive, String says, List<String> runs,
      Optional<Instant> next, List<Run> lately) {}

  /// @param outcome a key of the messages
  /// @param job its id; empty where there was none
  /// @param status of the job
  public record Run(Instant plannedAt, String outcome, String job, String status) {}

  /// @param key for example `Segment/vip`
  public record Item(String key, String title) {}

  /// @param times with commas between them
  public record Form(String title, List<String> items, String times, List<String> days, String zone,
      boolean isMissedRun) {}
}
