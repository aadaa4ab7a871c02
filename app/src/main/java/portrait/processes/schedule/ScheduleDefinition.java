package portrait.processes.schedule;

import java.util.List;

/// What runs by itself, and when.
///
/// @param items definitions that are brought up to date: `Segment/vip`; empty for a whole refresh
/// @param isMissedRun whether a run that was due while Portrait was down is made up for, once
public record ScheduleDefinition(String name, String title, List<String> items, Timetable timetable,
    boolean isMissedRun, boolean isActive) {

  public ScheduleDefinition {
    items = List.copyOf(items);
  }

  public boolean isRefresh() {
    return items.isEmpty();
  }
}
