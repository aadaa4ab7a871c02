package portrait.doors.web;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import portrait.stages.segments.Differences;

/// One segment: its size today and lately, its rule, what builds on it, who came and went, its members.
///
/// @param rule the definition as YAML
/// @param trend members at the end of each of the last days
/// @param usedBy what depends on it: `Segment/vip`
/// @param others the segments it can be compared with
/// @param isStatic whether its members are on a list
/// @param with the segments it is compared with
/// @param differences what sets members apart from everybody else; empty until somebody asks
/// @param overlap every combination of those that somebody is in
/// @param more the cursor of further members
public record SegmentPage(String name, String title, String description, boolean isActive, RollingOut rollingOut,
    boolean isStatic,
    List<String> tags,
    long members, long customers, String rule, SortedMap<LocalDate, Long> trend, List<String> usedBy,
    List<Coming> lately, List<CustomersPage.Choice> others, List<String> with,
    List<Shared> overlap, Optional<Differences> differences, List<CustomersPage.Card> cards,
    Optional<String> more) {

  /// Somebody came in, or left.
  public record Coming(String customer, boolean entered, Instant at, int version, String why) {}

  /// Customers who are in these segments, and in no other of those compared.
  ///
  /// @param in titles
  public record Shared(List<String> in, long customers) {}
}
