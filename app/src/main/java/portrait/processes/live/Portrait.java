package portrait.processes.live;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import portrait.foundation.model.CustomerId;
import portrait.stages.identity.KnownIdentity;
import portrait.stages.profiles.Profile;
import portrait.stages.segments.Membership;

/// Everything known about one customer at this moment: the answer of a look-up.
///
/// @param kind `person`
/// @param known holds an identity of a person namespace
/// @param attributes merged values by name
/// @param measures values by name; a measure without a value is left out
/// @param segments names of the segments the customer is in, sorted
/// @param previousCustomerIds ids that were given up in merges and still lead here
public record Portrait(CustomerId customerId, String kind, boolean known, Map<String, Object> attributes,
    Map<String, Object> measures, List<String> segments, List<SeenIdentity> identities,
    List<CustomerId> previousCustomerIds, Instant firstSeen, Instant lastSeen) {

  static Portrait of(Profile profile, Map<String, Object> measures, List<Membership> memberships,
      List<KnownIdentity> keyRing, List<CustomerId> previousCustomerIds) {
    return new Portrait(profile.customer().id(), profile.kind(), profile.known(), profile.attributes(), measures,
        memberships.stream().map(Membership::name).sorted().toList(), SeenIdentity.of(keyRing), previousCustomerIds,
        profile.firstSeen(), profile.lastSeen());
  }

  Portrait withAttributes(Map<String, Object> others) {
    return new Portrait(customerId, kind, known, others, measures, segments, identities, previousCustomerIds, firstSeen,
        lastSeen);
  }
}
