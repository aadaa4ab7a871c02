package portrait.stages.segments;

/// What bringing the tables of measures and memberships up to date came to.
///
/// @param changed customers of whom something was new, or time may have changed something
/// @param forEverybody measures and segments that were computed for everybody: new or changed ones, and those whose answers
///        time can change for anybody
/// @param customers how many there are
public record Assessed(long changed, int forEverybody, long customers) {}
