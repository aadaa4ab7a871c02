package portrait.stages.events;

import java.time.Instant;
import java.util.Optional;

/// The moments of the first and the last event of a customer.
public record Span(Instant first, Instant last) {

  public static Optional<Span> union(Optional<Span> one, Optional<Span> other) {
    return one.isPresent() && other.isPresent() ? Optional.of(one.get().with(other.get())) : one.or(() -> other);
  }

  Span with(Span other) {
    return new Span(first.isBefore(other.first) ? first : other.first, last.isAfter(other.last) ? last : other.last);
  }
}
