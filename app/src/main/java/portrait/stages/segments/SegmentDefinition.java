package portrait.stages.segments;

import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Expressions;

/// A group of customers by rule.
///
/// @param where who is in it
/// @param isActive whether anybody can be in it: a draft, or a segment switched off, has no members
/// @param tags words to find it by
/// @param zone decides which calendar day a moment belongs to
public record SegmentDefinition(String name, String title, String description, Condition where, ZoneId zone,
    boolean isActive, List<String> tags) {

  public SegmentDefinition {
    tags = List.copyOf(tags);
  }

  /// The same segment, with attributes that bear the name of a measure read as that measure.
  SegmentDefinition readingMeasures(Set<String> measures) {
    return new SegmentDefinition(name, title, description, Expressions.readingMeasures(where, measures), zone,
        isActive, tags);
  }
}
