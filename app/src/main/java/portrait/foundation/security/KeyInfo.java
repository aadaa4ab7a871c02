package portrait.foundation.security;

import java.time.Instant;
import java.util.Optional;

/// What can be shown of a key.
///
/// @param lastUsedAt to the minute
/// @param rotatedAt when its text was changed last
/// @param previousUntil until when the text before that is still good, if it is
public record KeyInfo(String id, KeyTerms terms, Instant createdAt, String createdBy, Optional<Instant> lastUsedAt,
    Optional<Instant> revokedAt, Optional<Instant> rotatedAt, Optional<Instant> previousUntil) {

  public Role role() {
    return terms.role();
  }

  public String name() {
    return terms.name();
  }

  /// Whether it opens anything now.
  public boolean isValid(Instant now) {
    return revokedAt.isEmpty() && terms.expiresAt().filter(end -> !now.isBefore(end)).isEmpty();
  }
}
