package portrait.processes.live;

/// What became of the messages of one request. All of it is durable.
///
/// @param accepted taken in, and visible to the next look-up
/// @param repeated taken in before, by their message id
/// @param refused put into the quarantine
public record Receipt(int accepted, int repeated, int refused) {}
