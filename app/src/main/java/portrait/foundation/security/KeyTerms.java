package portrait.foundation.security;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a key is made for.
///
/// @param limits of a look-up key that shows a part only
/// @param scopes none for all that the role allows
/// @param expiresAt when it stops working by itself
/// @param requestsPerSecond instead of what holds for all keys
public record KeyTerms(Role role, String name, Optional<LookUpLimits> limits, List<Scope> scopes,
    Optional<Instant> expiresAt, Optional<Integer> requestsPerSecond) {

  public KeyTerms {
    scopes = scopes.stream().distinct().toList();
  }

  /// A key that may be used as often as others.
  public KeyTerms(Role role, String name, Optional<LookUpLimits> limits, List<Scope> scopes,
      Optional<Instant> expiresAt) {
    this(role, name, limits, scopes, expiresAt, Optional.empty());
  }

  /// A key that is limited by its role alone, and good until it is revoked.
  public static KeyTerms of(Role role, String name) {
    return new KeyTerms(role, name, Optional.empty(), List.of(), Optional.empty());
  }
}
