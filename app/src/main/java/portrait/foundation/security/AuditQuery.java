package portrait.foundation.security;

import java.time.Instant;
import java.util.Optional;

/// Which entries of the audit trail are wanted.
///
/// @param by the name of the person or key
/// @param text part of the action, the target or the detail, in whatever case
/// @param from the earliest moment
/// @param to the first moment that is too late
/// @param before only entries with a smaller number: the `next` of the page before, or [#ALL]
/// @param limit how many at most
public record AuditQuery(Optional<String> by, Optional<String> text, Optional<Instant> from, Optional<Instant> to,
    long before, int limit) {

  /// For the first page.
  public static final long ALL = Long.MAX_VALUE;
  /// The most entries of one page.
  public static final int LIMIT_MAX = 1_000;
}
