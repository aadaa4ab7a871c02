package portrait.stages.segments;

import java.time.Instant;
import java.util.Optional;

/// Where a customer stands with a segment.
///
/// @param until when the membership ends by time alone
/// @param recheckAt when time alone may change it
public record Standing(boolean isMember, Optional<Instant> until, Optional<Instant> recheckAt) {}
