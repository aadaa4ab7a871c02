package portrait.stages.exports;

import java.time.Instant;

/// That another system has somebody from us.
public record SentTo(String export, Instant at) {}
