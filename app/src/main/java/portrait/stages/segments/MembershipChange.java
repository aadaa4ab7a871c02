package portrait.stages.segments;

import java.time.Instant;
import portrait.stages.identity.CustomerKey;

/// A customer came into a segment, or left it.
///
/// @param version of the segment's rule that decided
public record MembershipChange(CustomerKey customer, String segment, boolean entered, Instant at, int version,
    String why) {}
