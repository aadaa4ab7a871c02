package portrait.processes.live;

import java.time.Instant;

/// An identity of a customer, as answers show it.
public record SeenIdentity(String namespace, String value, Instant firstSeen, Instant lastSeen) {}
