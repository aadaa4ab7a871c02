package portrait.foundation.connections;

import java.time.Instant;

/// A secret of the vault, without its value.
public record SecretInfo(String name, Instant setAt, String setBy) {}
