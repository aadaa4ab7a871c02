package portrait.doors.web;

import java.time.Instant;

/// One message that was refused.
///
/// @param draft what is to be sent again: the original, laid out, or what was typed
/// @param original as it came, as text where it is text, else in base64
/// @param batch what its batch said for all messages, as JSON; empty when it said nothing
public record QuarantinedPage(long number, String reason, String type, String source, Instant receivedAt, long times,
    String draft, String original, boolean isText, String batch) {}
