package portrait.stages.segments;

import java.time.ZoneId;
import java.util.Set;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Expressions;

/// A group of customers by rule.
///
/// @param where who is in it
/// @param zone decides which calendar day a moment belongs to
public record SegmentDefinition(String name, String title, String description, Condition where, ZoneId zone) {

  /// The same segment, with attributes that bear the name of a measure read as that measure.
  SegmentDefinition readingMeasures(Set<String> measures) {
    return new SegmentDefinition(name, title, description, Expressions.readingMeasures(where, measures), zone);
  }
}
