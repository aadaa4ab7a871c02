package portrait.stages.segments;

/// How much two segments have in common.
///
/// @param one members of the first
/// @param other members of the second
/// @param both members of both
public record Overlap(long one, long other, long both) {}
