package portrait.processes.live;

import java.util.List;
import java.util.function.Supplier;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.identity.KnownIdentity;
import portrait.stages.measures.MeasureValues;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.Document;
import portrait.stages.profiles.Profile;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Membership;

/// A customer as the last message left it, for look-ups until the store shows the same. Nothing in it changes any more,
/// so that any thread may read it; whatever costs time is done by the one who asks.
///
/// @param memberships the segments the customer is in
record Latest(Profile profile, Document document, List<KnownIdentity> keyRing, List<CustomerId> previousIds,
    MeasureValues measures, Supplier<List<Membership>> memberships) {

  /// Whether the identity is one of this customer's. Whoever asks by an identity that went to somebody else meanwhile must
  /// not get this answer.
  boolean holds(Identity identity) {
    if (identity.namespace().equals(IdentityGraph.CUSTOMER)) {
      var id = CustomerId.of(identity.value());
      return id.equals(profile.customer().id()) || previousIds.contains(id);
    }
    return keyRing.stream().anyMatch(known -> known.identity().equals(identity));
  }

  /// The answer of a look-up, as it is when it comes from the store.
  Portrait portrait() {
    return Portrait.of(Profiles.shown(profile, document), Measures.shown(measures), memberships.get(), keyRing,
        previousIds);
  }
}
