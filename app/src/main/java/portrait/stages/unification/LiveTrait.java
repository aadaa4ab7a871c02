package portrait.stages.unification;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One attribute as an application sent it.
///
/// @param number of the identity it hangs on
/// @param value text, Long, Double, Boolean, LocalDate, Instant, something that prints as JSON, or null: it was blanked
/// @param at when it was sent
public record LiveTrait(long number, String name, @Nullable Object value, @Nullable Instant at) {}
