package portrait.stages.enrichments;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Whether an enrichment that reads only what others allowed may begin.
///
/// @param checkedAt when they were asked last
/// @param allowedAt when they were first found to allow it
/// @param firstRunAt when the first run may begin
/// @param begunAt when it began
/// @param askedAt when they were written to
/// @param mailboxes how many the addresses lead to
/// @param missing what they have not allowed
/// @param link where they do; empty when it is not known yet
public record EnrichmentStart(Instant checkedAt, Optional<Instant> allowedAt, Optional<Instant> firstRunAt,
    Optional<Instant> begunAt, Optional<Instant> askedAt, OptionalLong mailboxes, List<String> missing, String link) {

  public EnrichmentStart {
    missing = List.copyOf(missing);
  }

  /// Whether everything is allowed, as far as is known.
  public boolean isAllowed() {
    return allowedAt.isPresent() && missing.isEmpty();
  }

  /// Whether the first run is still to be waited for.
  public boolean isWaiting() {
    return isAllowed() && begunAt.isEmpty();
  }
}
