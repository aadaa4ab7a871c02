package portrait.foundation.connections;

import java.time.Instant;

/// That somebody answers for data leaving through a connection.
///
/// @param text what they agreed to, as they read it
public record Consent(String connection, Instant at, String by, String text) {}
