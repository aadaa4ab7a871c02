package portrait.foundation.security;

/// A sign-on that succeeded.
///
/// @param next the page that was wanted before
public record SignedOn(SignedIn signedIn, String next) {}
