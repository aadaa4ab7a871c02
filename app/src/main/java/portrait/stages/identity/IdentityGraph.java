package portrait.stages.identity;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;

/// Which identities are one customer, and why.
public final class IdentityGraph {

  public static final Kind<Namespace> KIND = new NamespaceKind();

  public static Migrations migrations() {
    return Migrations.beside(IdentityGraph.class);
  }

  public IdentityGraph(Definitions definitions) {}

  public Resolution resolve(Transaction tx, Sighting sighting) {
    throw new UnsupportedOperationException();
  }

  public Optional<CustomerKey> find(Transaction tx, Identity identity) {
    throw new UnsupportedOperationException();
  }

  public Optional<CustomerKey> find(Transaction tx, CustomerId id) {
    throw new UnsupportedOperationException();
  }

  public long number(Transaction tx, Identity identity, Instant at) {
    throw new UnsupportedOperationException();
  }

  public List<KnownIdentity> keyRing(Transaction tx, CustomerKey customer) {
    throw new UnsupportedOperationException();
  }

  public List<CustomerId> previousIds(Transaction tx, CustomerKey customer) {
    throw new UnsupportedOperationException();
  }

  public List<Link> links(Transaction tx, CustomerKey customer) {
    throw new UnsupportedOperationException();
  }

  public boolean isKnown(Transaction tx, CustomerKey customer) {
    throw new UnsupportedOperationException();
  }

  public Changes register(Database database, String source, Iterator<List<Identity>> records, Instant at,
      LongConsumer progress) {
    throw new UnsupportedOperationException();
  }

  public Changes withdraw(Database database, String source, Iterator<Identity> keys, LongConsumer progress) {
    throw new UnsupportedOperationException();
  }

  public Changes replaceMatches(Database database, String origin, Iterator<MatchLink> links, LongConsumer progress) {
    throw new UnsupportedOperationException();
  }

  public Changes rebuild(Database database, LongConsumer progress) {
    throw new UnsupportedOperationException();
  }

  public void forEachAssignment(Transaction tx, Consumer<Assignment> use) {
    throw new UnsupportedOperationException();
  }

  /// Every id that was given up, with the customer it leads to now.
  public void forEachPreviousId(Transaction tx, BiConsumer<CustomerId, CustomerKey> use) {
    throw new UnsupportedOperationException();
  }

  public Counts counts(Transaction tx) {
    throw new UnsupportedOperationException();
  }
}
