package portrait.doors.web;

import java.time.Instant;
import java.util.List;

/// Work that has ended, that which ended last first.
public record NotificationsPage(List<Told> told) {

  /// @param why it failed; empty when it did not
  public record Told(String job, String title, String status, Instant at, String by, String why, boolean isUnread) {}

  public boolean isAnyUnread() {
    return told.stream().anyMatch(Told::isUnread);
  }
}
