package portrait.foundation.security;

import portrait.foundation.model.Secret;

/// The password of a user just created, shown this once.
public record OneTimePassword(String user, Secret password) {}
