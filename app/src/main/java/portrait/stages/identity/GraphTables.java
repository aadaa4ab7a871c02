package portrait.stages.identity;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.stages.events.Events;

/// Bulk reading of the graph's tables: many keys in few statements.
final class GraphTables {

  /// Lists are filled up to one of these lengths by repeating their last value, so that few statements are prepared.
  private static final int[] LENGTHS = {1, 4, 16, 64, 512};

  private static final String NODE = "SELECT number, namespace, value, customer, first_seen FROM identity WHERE ";
  private static final String LINK = "SELECT one, other, source, score, last_seen, cut, withdrawn FROM identity_link WHERE ";

  private final Transaction tx;
  private final String forUpdate;

  GraphTables(Transaction tx) {
    this(tx, tx.forUpdate());
  }

  private GraphTables(Transaction tx, String forUpdate) {
    this.tx = tx;
    this.forUpdate = forUpdate;
  }

  /// For a look at what could be: nothing is locked.
  static GraphTables reading(Transaction tx) {
    return new GraphTables(tx, "");
  }

  /// Those of the identities that are known.
  Map<Identity, Node> nodes(Collection<Identity> identities) {
    var byNamespace = new LinkedHashMap<String, List<String>>();
    for (Identity identity : identities) {
      byNamespace.computeIfAbsent(identity.namespace(), _ -> new ArrayList<>()).add(identity.value());
    }
    var found = HashMap.<Identity, Node>newHashMap(identities.size());
    byNamespace.forEach((namespace, values) -> select(NODE + "namespace = ? AND value IN (%s)", values, namespace,
        row -> {
          Node node = node(row);
          found.put(node.identity(), node);
        }));
    return found;
  }

  Map<Long, Node> nodesByNumber(Collection<Long> numbers) {
    return byNumber(NODE + "number IN (%s)", numbers);
  }

  /// All identities of the customers.
  Map<Long, Node> members(Collection<Long> customers) {
    return byNumber(NODE + "customer IN (%s)", customers);
  }

  private Map<Long, Node> byNumber(String sql, Collection<Long> keys) {
    var found = new LinkedHashMap<Long, Node>();
    select(sql, keys, null, row -> {
      Node node = node(row);
      found.put(node.number(), node);
    });
    return found;
  }

  /// The customers, locked until the transaction ends where there are other writers. Those that are no more are left
  /// out.
  Map<Long, CustomerRow> lock(Collection<Long> customers) {
    var found = new LinkedHashMap<Long, CustomerRow>();
    select("SELECT number, id, known, created_at, separated FROM customer WHERE number IN (%s) ORDER BY number"
        + forUpdate, customers.stream().sorted().toList(), null,
        row -> found.put(row.number(1),
            new CustomerRow(row.number(1), CustomerId.of(row.text(2)), row.isTrue(3), row.instant(4), row.isTrue(5))));
    return found;
  }

  /// All links of the identities.
  List<LinkRow> linksOf(Collection<Long> numbers) {
    var found = new HashSet<LinkRow>();
    select(LINK + "one IN (%s)", numbers, null, row -> found.add(link(row)));
    select(LINK + "other IN (%s)", numbers, null, row -> found.add(link(row)));
    return new ArrayList<>(found);
  }

  /// The same links with the moment they were last seen. A link that holds and is seen again within the hour is not
  /// written, which matters only when something contradicts it; then the events tell.
  List<LinkRow> exact(List<LinkRow> links, Map<Long, Node> members) {
    return links.stream().map(link -> {
      Node other = members.get(link.other());
      boolean isStatement = link.source().indexOf('.') >= 0;
      return link.cut() || link.withdrawn() || isStatement || other == null ? link
          : Events.lastTogether(tx, link.one(), other.identity(), link.source(), link.lastSeen(),
              link.lastSeen().plus(IdentityGraph.GRAIN)).map(link::seenAt).orElse(link);
    }).toList();
  }

  /// The links of the identities that hold.
  List<LinkRow> holdingLinksOf(Collection<Long> numbers) {
    var found = new HashSet<LinkRow>();
    select(LINK + "NOT cut AND one IN (%s)", numbers, null, row -> found.add(link(row)));
    select(LINK + "NOT cut AND other IN (%s)", numbers, null, row -> found.add(link(row)));
    return new ArrayList<>(found);
  }

  /// The links that a source says and that start at one of the identities.
  List<LinkRow> linksFrom(String source, Collection<Long> ones) {
    var found = new ArrayList<LinkRow>();
    select(LINK + "source = ? AND one IN (%s)", ones, source, row -> found.add(link(row)));
    return found;
  }

  /// Those of the identities that stay with a customer only because nobody else claims them.
  Set<Long> formerValues(Collection<Long> numbers) {
    var found = new HashSet<Long>();
    select("SELECT other FROM identity_link WHERE withdrawn AND NOT cut AND other IN (%s)", numbers, null,
        row -> found.add(row.number(1)));
    return found;
  }

  /// Those of the identities that some row had before.
  Set<Long> withdrawnValues(Collection<Long> numbers) {
    var found = new HashSet<Long>();
    select("SELECT other FROM identity_link WHERE withdrawn AND other IN (%s)", numbers, null,
        row -> found.add(row.number(1)));
    return found;
  }

  /// Pairs that a person keeps apart and that one of the identities is in.
  Set<PairSet.Key> separations(Collection<Long> numbers) {
    var found = new HashSet<PairSet.Key>();
    select("SELECT one, other FROM identity_separation WHERE one IN (%s)", numbers, null,
        row -> found.add(new PairSet.Key(row.number(1), row.number(2))));
    select("SELECT one, other FROM identity_separation WHERE other IN (%s)", numbers, null,
        row -> found.add(new PairSet.Key(row.number(1), row.number(2))));
    return found;
  }

  /// Ids that were given up for these customers.
  List<PreviousId> previousIds(Collection<Long> customers) {
    var found = new ArrayList<PreviousId>();
    select("SELECT id, customer, identity, created_at FROM previous_customer_id WHERE customer IN (%s)", customers,
        null, row -> found.add(
            new PreviousId(CustomerId.of(row.text(1)), row.number(2), row.number(3), row.instant(4))));
    return found;
  }

  private static Node node(ResultRow row) {
    return new Node(row.number(1), new Identity(row.text(2), row.text(3)), row.number(4), row.instant(5));
  }

  private static LinkRow link(ResultRow row) {
    return new LinkRow(row.number(1), row.number(2), row.text(3), row.decimal(4), row.instant(5), row.isTrue(6),
        row.isTrue(7));
  }

  private void select(String sql, Collection<?> keys, @Nullable Object first, Consumer<ResultRow> use) {
    var distinct = new ArrayList<Object>(new LinkedHashSet<>(keys));
    int from = 0;
    while (from < distinct.size()) {
      int length = length(distinct.size() - from);
      int count = Math.min(length, distinct.size() - from);
      var parameters = new ArrayList<@Nullable Object>(length + 1);
      if (first != null) {
        parameters.add(first);
      }
      parameters.addAll(distinct.subList(from, from + count));
      parameters.addAll(Collections.nCopies(length - count, distinct.get(from + count - 1)));
      tx.each(sql.formatted(String.join(",", Collections.nCopies(length, "?"))), use, parameters.toArray());
      from += count;
    }
  }

  private static int length(int wanted) {
    for (int length : LENGTHS) {
      if (length >= wanted) {
        return length;
      }
    }
    return LENGTHS[LENGTHS.length - 1];
  }
}
