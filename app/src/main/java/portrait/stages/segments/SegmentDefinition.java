package portrait.stages.segments;

import java.time.ZoneId;
import portrait.foundation.expressions.Condition;

/// A group of customers by rule.
///
/// @param where who is in it
/// @param zone decides which calendar day a moment belongs to
public record SegmentDefinition(String name, String title, String description, Condition where, ZoneId zone) {}
