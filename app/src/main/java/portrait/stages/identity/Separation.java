package portrait.stages.identity;

import java.time.Instant;
import portrait.foundation.model.Identity;

/// A person's word that two identities are two customers.
///
/// @param by who said so
/// @param reason in their words; may be empty
public record Separation(Identity one, Identity other, String by, Instant at, String reason) {}
