package portrait.processes.live;

import java.time.Instant;
import java.util.List;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.stages.identity.LeftOut;
import portrait.stages.unification.Unification;

/// The identities of one customer and what ties them together.
///
/// @param leftOut what was not linked because an identity has too many links
public record IdentityMap(CustomerId customerId, List<CustomerId> previousCustomerIds, List<SeenIdentity> identities,
    List<Tie> links, List<LeftOut> leftOut) {

  /// Two identities that one fact or match rule says are the same customer.
  ///
  /// @param fact the event or row that said so; empty for match rules
  /// @param rule the match rule; empty when they were seen together
  /// @param isCut kept as history only: a newer link contradicts it
  public record Tie(Identity one, Identity other, String source, String fact, String rule, double score,
      Instant firstSeen, Instant lastSeen, boolean isCut) {

    /// Whether a match rule made it between two refreshes.
    public boolean isLive() {
      return source.equals(Unification.LIVE_ORIGIN);
    }
  }
}
