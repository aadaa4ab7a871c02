package portrait.doors.web;

import java.util.List;

/// Every segment with its size.
public record SegmentsPage(List<Segment> segments, long customers) {

  public record Segment(String name, String title, long members, boolean isActive, List<String> tags) {}
}
