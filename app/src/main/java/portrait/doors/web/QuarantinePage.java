package portrait.doors.web;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Messages that were refused, newest first.
///
/// @param older where the next page begins
/// @param isFirst whether this is the newest page
public record QuarantinePage(List<Entry> entries, long total, Optional<String> older, boolean isFirst) {

  /// @param type what kind of message it is, as far as that was said
  public record Entry(long number, String reason, String type, Instant receivedAt, long times) {}
}
