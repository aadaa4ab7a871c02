package portrait.foundation.security;

import java.time.Instant;

/// A session that has not ended.
///
/// @param csrfToken what a form of this session must send back
public record Session(Caller caller, String csrfToken, Instant expiresAt) {

  /// Leaves the token out.
  @Override
  public String toString() {
    return "Session[caller=%s, expiresAt=%s]".formatted(caller, expiresAt);
  }
}
