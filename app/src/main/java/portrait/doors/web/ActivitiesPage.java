package portrait.doors.web;

import java.util.List;

/// What is on the timeline.
public record ActivitiesPage(List<Activity> activities) {

  /// @param table empty for events that applications send
  public record Activity(String name, String title, String type, String table, String event, String icon,
      boolean isShown) {}
}
