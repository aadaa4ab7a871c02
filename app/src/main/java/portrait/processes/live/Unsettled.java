package portrait.processes.live;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;

/// Who was changed by messages that are acknowledged but not committed yet: a look-up of theirs must not be answered
/// from a snapshot. What to tell instead is mostly here as well. Everybody else's may, however much is being taken in.
///
/// Added to by the writer before the acknowledgement, emptied by it after the commit.
final class Unsettled {

  private final Map<Identity, CustomerId> identities = new ConcurrentHashMap<>();
  private final Map<CustomerId, Optional<Latest>> customers = new ConcurrentHashMap<>();

  private final boolean isEverythingSettled;

  Unsettled(Database database) {
    isEverythingSettled = database.isShared();
    database.onSettled(() -> {
      identities.clear();
      customers.clear();
    });
  }

  /// What the messages of a transaction name and change counts from its end on; after a roll-back it never does.
  Gathering gather(Transaction transaction) {
    var gathering = new Gathering();
    if (!isEverythingSettled) {
      transaction.afterCommit(() -> {
        // Customers first: whoever finds an identity finds what to tell of its customer.
        customers.putAll(gathering.changed());
        identities.putAll(gathering.named());
      });
    }
    return gathering;
  }

  /// Whether a snapshot may not know what this identity names now. When it does not name anybody new, the customer it
  /// names must be asked for as well.
  boolean has(Identity identity) {
    return identity.namespace().equals(IdentityGraph.CUSTOMER)
        ? customers.containsKey(CustomerId.of(identity.value()))
        : identities.containsKey(identity);
  }

  boolean has(CustomerKey customer) {
    return customers.containsKey(customer.id());
  }

  /// The customer that this identity names; empty when others must be asked.
  Optional<Latest> latest(Identity identity) {
    var customer = customer(identity);
    return customer == null ? Optional.empty() : latest(customer, identity);
  }

  /// The same where a snapshot knows the customer.
  Optional<Latest> latest(CustomerKey customer, Identity identity) {
    return latest(customer.id(), identity);
  }

  private Optional<Latest> latest(CustomerId customer, Identity identity) {
    return customers.getOrDefault(customer, Optional.empty()).filter(latest -> latest.holds(identity));
  }

  private @Nullable CustomerId customer(Identity identity) {
    return identity.namespace().equals(IdentityGraph.CUSTOMER) ? CustomerId.of(identity.value())
        : identities.get(identity);
  }
}
