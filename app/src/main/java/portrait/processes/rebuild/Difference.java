package portrait.processes.rebuild;

/// One place where what is published does not follow from the facts.
///
/// @param kind what is wrong: `link missing`
/// @param where the identity or customer by its number, the event by its position: never a value
record Difference(String kind, String where) {}
