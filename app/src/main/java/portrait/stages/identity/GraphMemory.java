package portrait.stages.identity;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Remembered;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;

/// The part of the graph that was busy lately, so that a fact that says nothing new costs no reading. Only for the one
/// writer of a store that nobody else changes; elsewhere nothing is remembered.
///
/// Whoever writes to the tables of the graph says here what it changed, before or after, in the same transaction.
final class GraphMemory {

  private static final int IDENTITIES_MAX = 100_000;
  private static final int LINKS_MAX = 50_000;
  private static final int RING_IDENTITIES_MAX = 150_000;

  private final Remembered<Identity, Known> identities = new Remembered<>(IDENTITIES_MAX, _ -> 1);
  private final Remembered<LinkKey, FoundLink> links = new Remembered<>(LINKS_MAX, _ -> 1);
  private final Remembered<Long, Ring> rings = new Remembered<>(RING_IDENTITIES_MAX, ring -> 1 + ring.keys().size());

  /// A period in which something was seen.
  record Seen(Instant first, Instant last) {

    Seen and(Instant at) {
      return new Seen(at.isBefore(first) ? at : first, at.isAfter(last) ? at : last);
    }
  }

  /// An identity, whose it is, and when it was seen.
  record Known(Node node, CustomerKey customer, Seen seen) {}

  /// What a source says ties two identities together.
  record LinkKey(long one, long other, String source) {}

  record FoundLink(Seen seen, boolean cut, boolean withdrawn) {}

  /// The identities of one customer, in order.
  ///
  /// @param isKnown whether one of them is a person's
  /// @param previousIds of customers that were merged into this one
  /// @param inForce decided the order
  record Ring(List<KnownIdentity> keys, boolean isKnown, List<CustomerId> previousIds, Namespaces inForce) {}

  @Nullable
  Known identity(Transaction tx, Identity identity) {
    return identities.get(tx, identity);
  }

  void put(Transaction tx, Known known) {
    identities.put(tx, known.node().identity(), known);
  }

  @Nullable
  FoundLink link(Transaction tx, LinkKey key) {
    return links.get(tx, key);
  }

  void put(Transaction tx, LinkKey key, FoundLink link) {
    links.put(tx, key, link);
  }

  @Nullable
  Ring ring(Transaction tx, long customer) {
    return rings.get(tx, customer);
  }

  void put(Transaction tx, long customer, Ring ring) {
    rings.put(tx, customer, ring);
  }

  /// The identity comes, goes to another customer, or goes.
  void identityChanges(Transaction tx, Identity identity) {
    identities.forget(tx, identity);
  }

  /// The customer gains or loses identities or former ids, or goes.
  void customerChanges(Transaction tx, long customer) {
    rings.forget(tx, customer);
  }

  void linkChanges(Transaction tx, LinkKey key) {
    links.forget(tx, key);
  }

  /// For changes of whole tables, where saying each would cost more than reading again.
  void everythingChanges(Transaction tx) {
    identities.forgetAll(tx);
    links.forgetAll(tx);
    rings.forgetAll(tx);
  }
}
