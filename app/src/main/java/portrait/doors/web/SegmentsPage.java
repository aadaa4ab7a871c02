package portrait.doors.web;

import java.util.List;
import java.util.Optional;

/// Some segments with their sizes, the largest first.
///
/// @param query words that their titles, names or tags have
/// @param customers all there are
/// @param total how many segments have those words
/// @param more where the next ones are; empty at the end
public record SegmentsPage(String query, List<Segment> segments, long customers, int total, boolean isFirst,
    Optional<String> more) {

  public record Segment(String name, String title, long members, boolean isActive, List<String> tags) {}

  /// Where the same list begins.
  public String firstUrl() {
    return "/segments?q=" + CustomersPage.encoded(query);
  }

  public String moreUrl() {
    return firstUrl() + more.map(cursor -> "&cursor=" + cursor).orElse("");
  }
}
