package portrait.stages.segments;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import portrait.foundation.model.CustomerId;

/// Some members of a segment.
///
/// @param next hand it in to get the following ones; empty after the last
public record MemberPage(List<Member> members, Optional<String> next) {

  public MemberPage {
    members = List.copyOf(members);
  }

  /// A customer, and when they came in.
  public record Member(CustomerId customer, Instant since) {}
}
