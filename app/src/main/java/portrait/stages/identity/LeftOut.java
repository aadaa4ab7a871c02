package portrait.stages.identity;

import java.time.Instant;
import portrait.foundation.model.Identity;

/// What of one namespace was not linked to an identity because it had been seen with so many others before. The events that named it are
/// kept, with every identity they name.
///
/// @param crowded the identity that has too many links
/// @param times how many facts named one more
/// @param last the one that was named last
/// @param fact the fact that named it
public record LeftOut(Identity crowded, long times, Instant firstAt, Instant lastAt, Identity last, String fact) {}
