package portrait.foundation.security;

/// A sign-in that succeeded.
///
/// @param sessionToken goes into the cookie; only a hash of it is kept
/// @param csrfToken goes into every form of this session
public record SignedIn(String sessionToken, String csrfToken, Caller caller) {

  /// Leaves the tokens out: they are as good as the password until the session ends.
  @Override
  public String toString() {
    return "SignedIn[caller=%s]".formatted(caller);
  }
}
