package portrait.doors.web;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import portrait.stages.events.QuarantineStock;

/// Messages that were refused, newest first.
///
/// @param older where the next page begins
/// @param isFirst whether this is the newest page
public record QuarantinePage(List<Entry> entries, QuarantineStock stock, Optional<String> older, boolean isFirst) {

  private static final long MEGABYTE = 1L << 20;

  /// How many megabytes there is room for.
  public long megabytesMax() {
    return stock.limits().bytesMax() / MEGABYTE;
  }

  /// Whether messages left before anybody dealt with them.
  public boolean isSomeGone() {
    return stock.full().messages() + stock.old().messages() > 0;
  }

  /// @param type what kind of message it is, as far as that was said
  public record Entry(long number, String reason, String type, Instant receivedAt, long times) {}
}
