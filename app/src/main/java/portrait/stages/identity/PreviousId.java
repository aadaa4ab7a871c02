package portrait.stages.identity;

import java.time.Instant;
import portrait.foundation.model.CustomerId;

/// An id that was given up in a merge.
///
/// @param customer who took it over
/// @param identity stood for the customer that had the id: the id follows it when customers split
/// @param createdAt when the customer that had the id was made
record PreviousId(CustomerId id, long customer, long identity, Instant createdAt) {}
