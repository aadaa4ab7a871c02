package portrait.processes.live;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import portrait.foundation.model.CustomerId;

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

  Portrait withAttributes(Map<String, Object> others) {
    return new Portrait(customerId, kind, known, others, measures, segments, identities, previousCustomerIds, firstSeen,
        lastSeen);
  }
}
