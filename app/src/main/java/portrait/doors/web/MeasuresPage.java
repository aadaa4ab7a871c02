package portrait.doors.web;

import java.util.List;

/// Every measure with its definition.
public record MeasuresPage(List<Measure> measures) {

  /// @param rule the definition as YAML
  public record Measure(String name, String title, String rule) {}
}
