package portrait.stages.segments;

import org.jspecify.annotations.Nullable;

/// One thing that more, or fewer, of the members have than of those they are compared with.
///
/// @param kind `attribute`, `measure` or `event`
/// @param name of the attribute, measure or event
/// @param value of a text attribute, or the range of a number; null for events, which were done or not
/// @param members how many of the members have it
/// @param others how many of the others have it
/// @param lift the share of members that have it, by the share of others; both with half a customer added, so that
///        nothing divided by nothing is no wonder
/// @param liftLow the least that lift may be, with 95 % confidence
/// @param liftHigh the most that lift may be, with 95 % confidence
/// @param score how far the shares lie apart, 0 to 1
public record Difference(String kind, String name, @Nullable String value, long members, long others, double lift,
    double liftLow, double liftHigh, double score) {}
