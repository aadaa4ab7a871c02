package portrait.stages.events;

import java.util.Optional;

/// Events that are not shown to people who look at a customer.
///
/// @param table full name of the source table whose rows they are; empty for events that applications sent
public record HiddenEvents(Optional<String> table, String name) {}
