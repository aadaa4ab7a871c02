package portrait.stages.segments;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One segment a customer is in.
///
/// @param since when they came in
/// @param until when they will drop out by time alone, if nothing else happens; null when time does not matter
public record Membership(String name, String title, Instant since, @Nullable Instant until) {}
