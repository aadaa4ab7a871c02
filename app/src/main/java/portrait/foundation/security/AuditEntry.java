package portrait.foundation.security;

import java.time.Instant;

/// Something somebody did, kept for ever.
///
/// @param number counted from 1 without a gap
/// @param action past tense or noun and verb, for example `key created`
/// @param target what it was done to, for example `Segment/leather`
/// @param hash SHA-256 over this entry and the hash of the one before it, so that a change to the past shows
public record AuditEntry(long number, Instant at, String by, String requestId, String action, String target,
    String detail, String hash) {}
