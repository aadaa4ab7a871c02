package portrait.stages.events;

import java.time.Instant;

/// The moments of the first and the last event of a customer.
public record Span(Instant first, Instant last) {

  Span with(Span other) {
    return new Span(first.isBefore(other.first) ? first : other.first, last.isAfter(other.last) ? last : other.last);
  }
}
