package portrait.doors.web;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One measure: what it is made of, what was computed for it, what builds on it.
///
/// @param kind as in [MeasuresPage.Measure]
/// @param rule the definition as YAML
/// @param usedBy what depends on it: `Segment/vip`
/// @param bars of a chart; empty for none
/// @param number the only value, as text; empty where there are several
/// @param cells the first rows, as text
/// @param total how many rows there are
/// @param computedAt empty for what is live, and for what was not computed yet
/// @param more where the next rows begin
public record MeasurePage(String name, String title, String description, String kind, RollingOut rollingOut,
    String rule,
    List<String> usedBy, List<Bar> bars, Optional<String> number, List<String> columns, List<List<String>> cells,
    long total, Optional<Instant> computedAt, Optional<Integer> more) {

  /// @param text the number as people read it
  public record Bar(String label, double number, String text) {}
}
