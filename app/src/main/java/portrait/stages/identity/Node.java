package portrait.stages.identity;

import java.time.Instant;
import portrait.foundation.model.Identity;

/// An identity as it is stored.
///
/// @param customer 0 while it is not settled, inside the transaction that makes it
record Node(long number, Identity identity, long customer, Instant firstSeen) {

  static final long UNSETTLED = 0;
}
