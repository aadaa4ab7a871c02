package portrait.stages.identity;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.StoreException;
import portrait.foundation.database.Transaction;

/// Gathers changes of the graph's tables and writes them in batches, one statement a kind of change.
final class Writes {

  private static final String INSERT_IDENTITY = """
      INSERT INTO identity (number, namespace, value, customer, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?)""";
  private static final String INSERT_CUSTOMER = """
      INSERT INTO customer (number, id, known, created_at, separated) VALUES (?, ?, ?, ?, ?)""";
  private static final String SETTLE = "UPDATE identity SET customer = ? WHERE number = ?";
  private static final String KNOWN = "UPDATE customer SET known = ? WHERE number = ?";
  private static final String SEPARATED = "UPDATE customer SET separated = ? WHERE number = ?";
  private static final String INHERIT = "UPDATE previous_customer_id SET customer = ? WHERE customer = ?";
  private static final String GIVE = "UPDATE previous_customer_id SET customer = ? WHERE id = ?";
  private static final String DROP_PREVIOUS = "DELETE FROM previous_customer_id WHERE id = ?";
  private static final String INSERT_PREVIOUS = """
      INSERT INTO previous_customer_id (id, customer, identity, created_at) VALUES (?, ?, ?, ?)""";
  private static final String DROP_CUSTOMER = "DELETE FROM customer WHERE number = ?";
  private static final String CUT = "UPDATE identity_link SET cut = ? WHERE one = ? AND other = ? AND source = ?";
  private static final String DROP_LINK = "DELETE FROM identity_link WHERE one = ? AND other = ? AND source = ?";

  /// In the order they are written.
  private final Map<String, List<@Nullable Object[]>> rows = new LinkedHashMap<>();
  private final Set<Long> unsettled = new HashSet<>();
  private final Transaction tx;
  private final Mint mint;
  private final GraphMemory memory;

  Writes(Transaction tx, Mint mint, GraphMemory memory) {
    this.tx = tx;
    this.mint = mint;
    this.memory = memory;
    for (String sql : List.of(GIVE, DROP_PREVIOUS, INHERIT, INSERT_PREVIOUS, DROP_CUSTOMER, INSERT_CUSTOMER,
        INSERT_IDENTITY, SETTLE, KNOWN, SEPARATED, CUT, DROP_LINK)) {
      rows.put(sql, new ArrayList<>());
    }
  }

  void insert(CustomerRow customer) {
    add(INSERT_CUSTOMER, customer.number(), customer.id(), customer.known(), customer.createdAt(),
        customer.separated());
  }

  /// Stores a new identity whose customer is not decided yet.
  void insertUnsettled(Node node) {
    insert(node, Node.UNSETTLED);
    unsettled.add(node.number());
  }

  /// Stores or moves the identity.
  void settle(Node node, CustomerRow owner) {
    memory.identityChanges(tx, node.identity());
    memory.customerChanges(tx, node.customer());
    memory.customerChanges(tx, owner.number());
    boolean isStored = node.customer() != Node.UNSETTLED || unsettled.contains(node.number());
    if (isStored) {
      add(SETTLE, owner.number(), node.number());
    } else {
      insert(node, owner.number());
    }
  }

  private void insert(Node node, long customer) {
    add(INSERT_IDENTITY, node.number(), node.identity().namespace(), node.identity().value(), customer,
        node.firstSeen(), node.firstSeen());
  }

  void known(CustomerRow customer, boolean known) {
    memory.customerChanges(tx, customer.number());
    add(KNOWN, known, customer.number());
  }

  void separated(CustomerKey customer, boolean separated) {
    add(SEPARATED, separated, customer.number());
  }

  /// One customer becomes part of another; `first` stood for it.
  void absorb(CustomerRow gone, Node first, CustomerRow owner) {
    memory.customerChanges(tx, gone.number());
    memory.customerChanges(tx, owner.number());
    add(INHERIT, owner.number(), gone.number());
    add(INSERT_PREVIOUS, gone.id(), owner.number(), first.number(), gone.createdAt());
    add(DROP_CUSTOMER, gone.number());
  }

  void givePrevious(PreviousId id, CustomerRow owner) {
    memory.customerChanges(tx, id.customer());
    memory.customerChanges(tx, owner.number());
    add(GIVE, owner.number(), id.id());
  }

  void dropPrevious(PreviousId id) {
    memory.customerChanges(tx, id.customer());
    add(DROP_PREVIOUS, id.id());
  }

  void cut(LinkRow link, boolean isCut) {
    memory.linkChanges(tx, new GraphMemory.LinkKey(link.one(), link.other(), link.source()));
    add(CUT, isCut, link.one(), link.other(), link.source());
  }

  void delete(LinkRow link) {
    memory.linkChanges(tx, new GraphMemory.LinkKey(link.one(), link.other(), link.source()));
    add(DROP_LINK, link.one(), link.other(), link.source());
  }

  void flush() {
    try {
      for (Map.Entry<String, List<@Nullable Object[]>> change : rows.entrySet()) {
        tx.batch(change.getKey(), change.getValue());
        change.getValue().clear();
      }
    } catch (StoreException failure) {
      // Perhaps another node has our block of numbers too: the next attempt takes new ones.
      mint.forgetNumbers();
      throw failure;
    }
  }

  private void add(String sql, @Nullable Object... parameters) {
    Objects.requireNonNull(rows.get(sql)).add(parameters);
  }
}
