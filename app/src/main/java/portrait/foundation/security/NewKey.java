package portrait.foundation.security;

import java.time.Instant;
import java.util.Optional;
import portrait.foundation.model.Secret;

/// A key just made, or given another text. The text is shown this once: only a hash is kept.
///
/// @param previousUntil until when the text before is still good
public record NewKey(String id, Secret key, KeyTerms terms, Optional<Instant> previousUntil) {

  public Role role() {
    return terms.role();
  }

  public String name() {
    return terms.name();
  }
}
