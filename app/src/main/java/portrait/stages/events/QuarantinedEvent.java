package portrait.stages.events;

import java.time.Instant;

/// A message that was refused, kept so that nothing is dropped in silence.
///
/// @param code the problem's code, for example `invalid_event`
/// @param reason what was wrong with it
/// @param original the bytes as they came
public record QuarantinedEvent(long number, Instant receivedAt, String source, String code, String reason,
    byte[] original) {}
