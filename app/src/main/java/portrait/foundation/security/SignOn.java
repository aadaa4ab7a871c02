package portrait.foundation.security;

import java.net.URI;

/// A sign-on that has begun: the browser goes to the provider and comes back with the state.
///
/// @param address of the provider, with what it must know
/// @param state also kept in a cookie, so that nobody is signed in as somebody else by a link
public record SignOn(URI address, String state) {

  /// Leaves out the state and the address that holds it.
  @Override
  public String toString() {
    return "SignOn[%s]".formatted(address.getHost());
  }
}
