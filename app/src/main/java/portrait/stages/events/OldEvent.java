package portrait.stages.events;

/// A collected event that is kept no longer.
///
/// @param anchor number of the identity it hangs on
public record OldEvent(long position, long anchor) {}
