package portrait.stages.segments;

import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Formula;
import portrait.foundation.expressions.Uses;
import portrait.stages.consent.Purpose;

/// A group of customers by rule, or by list.
///
/// @param where who is in it; nobody for a static segment, whose members are on a list
/// @param isStatic whether members are on a list
/// @param projected columns that members have in lists and exports, in their order
/// @param isActive whether anybody can be in it: a draft, or a segment switched off, has no members
/// @param tags words to find it by
/// @param zone decides which calendar day a moment belongs to
/// @param purpose what its members must agree to; [Purpose#NONE] for nothing, empty for what counts by default
public record SegmentDefinition(String name, String title, String description, Condition where, ZoneId zone,
    boolean isStatic, Map<String, Expressions.Output> projected, boolean isActive, List<String> tags,
    Optional<String> purpose) {

  /// A segment that names no purpose.
  public SegmentDefinition(String name, String title, String description, Condition where, ZoneId zone,
      boolean isStatic, Map<String, Expressions.Output> projected, boolean isActive, List<String> tags) {
    this(name, title, description, where, zone, isStatic, projected, isActive, tags, Optional.empty());
  }

  public SegmentDefinition {
    tags = List.copyOf(tags);
    projected = Collections.unmodifiableMap(new LinkedHashMap<>(projected));
  }

  /// What it depends on, projections included.
  public Uses uses() {
    return projected.values().stream().map(output -> Expressions.uses(output.formula()))
        .reduce(Expressions.uses(where), Uses::and);
  }

  /// The same segment, with attributes that bear the name of a measure read as that measure.
  SegmentDefinition readingMeasures(Set<String> measures) {
    var read = new LinkedHashMap<String, Expressions.Output>();
    projected.forEach((column, output) -> read.put(column, new Expressions.Output(
        Expressions.inlinedNames(output.formula(),
            attribute -> measures.contains(attribute) ? Optional.of(new Formula.Measure(attribute)) : Optional.empty()),
        output.column(), output.zone())));
    return new SegmentDefinition(name, title, description, Expressions.readingMeasures(where, measures), zone,
        isStatic, read, isActive, tags, purpose);
  }

  /// The same segment, of those only who agree to these purposes. A list keeps whom it names; see [SegmentRules].
  SegmentDefinition respecting(List<Purpose> purposes) {
    return purposes.isEmpty() || isStatic ? this
        : new SegmentDefinition(name, title, description,
            new Condition.All(Stream.concat(Stream.of(where), purposes.stream().map(Purpose::condition)).toList()),
            zone, isStatic, projected, isActive, tags, purpose);
  }
}
