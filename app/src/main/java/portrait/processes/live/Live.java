package portrait.processes.live;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import portrait.foundation.database.Database;
import portrait.foundation.model.Identity;
import portrait.stages.events.Collected;
import portrait.stages.events.EventPage;
import portrait.stages.events.EventQuery;
import portrait.stages.events.Events;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.profiles.MergePolicy;
import portrait.stages.profiles.Profiles;

/// From a received message to a changed profile.
public final class Live implements AutoCloseable {

  public Live(Database database, Events events, IdentityGraph identities, Profiles profiles,
      Supplier<MergePolicy> policy, Clock clock) {}

  /// Takes in the messages of one request. When it returns, all of them are durable and the next look-up sees them.
  public Receipt receive(List<Collected> messages) {
    throw new UnsupportedOperationException("receive " + messages.size());
  }

  /// Merges, measures and segments these customers again, in slices between which received events get their turn.
  public void reevaluate(Collection<CustomerKey> customers, LongConsumer progress) {
    throw new UnsupportedOperationException("reevaluate " + customers.size() + progress);
  }

  /// Evaluates the customers whose membership changes by time alone, and tells how many there were.
  public int tick(Instant now) {
    throw new UnsupportedOperationException("tick " + now);
  }

  /// The customer with this identity; the namespace `customer` takes a CustomerId.
  public Optional<Portrait> find(Identity identity) {
    throw new UnsupportedOperationException("find " + identity.namespace());
  }

  /// What the customer did, newest first.
  public Optional<EventPage> events(Identity identity, EventQuery query) {
    throw new UnsupportedOperationException("events " + identity.namespace() + query);
  }

  public Optional<IdentityMap> identities(Identity identity) {
    throw new UnsupportedOperationException("identities " + identity.namespace());
  }

  public Optional<Lineage> lineage(Identity identity) {
    throw new UnsupportedOperationException("lineage " + identity.namespace());
  }

  @Override
  public void close() {}
}
