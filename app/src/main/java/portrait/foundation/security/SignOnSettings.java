package portrait.foundation.security;

import java.net.URI;
import java.util.Optional;
import portrait.foundation.model.Secret;

/// Where people sign in with OpenID Connect instead of a password of Portrait.
///
/// @param issuer the provider's address, under which `/.well-known/openid-configuration` lies
/// @param clientId what the provider calls Portrait
/// @param clientSecret empty for a client that has none
/// @param newcomers the role of people nobody added here; without it they are refused
public record SignOnSettings(URI issuer, String clientId, Optional<Secret> clientSecret, Optional<Role> newcomers) {}
