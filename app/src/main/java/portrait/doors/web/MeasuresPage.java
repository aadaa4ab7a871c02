package portrait.doors.web;

import java.util.List;

/// Every measure.
public record MeasuresPage(List<Measure> measures) {

  /// @param kind `customer` for one value about each, `customerTable` or `business`
  public record Measure(String name, String title, String description, String kind) {}
}
