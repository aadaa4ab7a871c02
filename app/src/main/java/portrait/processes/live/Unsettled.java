package portrait.processes.live;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import portrait.foundation.database.Database;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;

/// Who was changed by messages that are acknowledged but not committed yet: a look-up of theirs must not be answered
/// from a snapshot. Everybody else's may, however much is being taken in.
///
/// Added to by the writer before the acknowledgement, emptied by it after the commit.
final class Unsettled {

  private final Set<Identity> identities = ConcurrentHashMap.newKeySet();
  private final Set<CustomerId> customers = ConcurrentHashMap.newKeySet();

  private final boolean isEverythingSettled;

  Unsettled(Database database) {
    isEverythingSettled = database.isShared();
    database.onSettled(() -> {
      identities.clear();
      customers.clear();
    });
  }

  void add(Iterable<Identity> named) {
    if (!isEverythingSettled) {
      named.forEach(identities::add);
    }
  }

  void add(CustomerKey customer) {
    if (!isEverythingSettled) {
      customers.add(customer.id());
    }
  }

  /// Whether a snapshot may not know what this identity names now. When it does not name anybody new, the customer it
  /// names must be asked for as well.
  boolean has(Identity identity) {
    return identities.contains(identity)
        || identity.namespace().equals(IdentityGraph.CUSTOMER) && customers.contains(CustomerId.of(identity.value()));
  }

  boolean has(CustomerKey customer) {
    return customers.contains(customer.id());
  }
}
