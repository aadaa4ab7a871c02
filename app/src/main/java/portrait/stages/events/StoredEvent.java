package portrait.stages.events;

/// An event with its place in the store.
///
/// @param position grows with every event, in the order of the commits: who has read up to a position has missed nothing
/// @param anchor number of the identity that the event hangs on
public record StoredEvent(long position, long anchor, Event event) {}
