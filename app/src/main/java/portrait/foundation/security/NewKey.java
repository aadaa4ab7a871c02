package portrait.foundation.security;

import portrait.foundation.model.Secret;

/// A key just made. Its text is shown this once: only a hash is kept.
public record NewKey(String id, Secret key, Role role, String name) {}
