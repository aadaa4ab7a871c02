package portrait.foundation.security;

import java.time.Instant;
import java.util.Optional;

/// Somebody who signs in.
///
/// @param signedInAt the last time; empty for somebody who never did
public record User(String name, Role role, Instant createdAt, String createdBy, Optional<Instant> signedInAt) {}
