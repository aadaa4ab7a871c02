package portrait.processes.live;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.stages.identity.CustomerKey;

/// Whom the messages of one transaction named and changed.
final class Gathering {

  private final Map<Identity, CustomerId> named = new HashMap<>();
  private final Map<CustomerId, Optional<Latest>> changed = new HashMap<>();

  void named(Iterable<Identity> identities, CustomerKey customer) {
    identities.forEach(identity -> named.put(identity, customer.id()));
  }

  /// @param latest empty when only the store can tell, as it can of a customer that became part of another
  void changed(CustomerKey customer, Optional<Latest> latest) {
    changed.put(customer.id(), latest);
  }

  /// Whose each identity was when a message named it. It may have gone to somebody else later in the transaction.
  Map<Identity, CustomerId> named() {
    return named;
  }

  Map<CustomerId, Optional<Latest>> changed() {
    return changed;
  }
}
