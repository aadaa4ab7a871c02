package portrait.foundation.security;

import java.time.Instant;
import java.util.Optional;

/// What can be shown of a key.
///
/// @param lastUsedAt to the minute
/// @param limits of a look-up key that shows a part only
public record KeyInfo(String id, Role role, String name, Instant createdAt, String createdBy,
    Optional<Instant> lastUsedAt, Optional<Instant> revokedAt, Optional<LookUpLimits> limits) {}
