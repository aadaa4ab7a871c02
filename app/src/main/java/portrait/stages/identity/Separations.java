package portrait.stages.identity;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Identity;

/// The table `identity_separation`: pairs that a person keeps apart, the lower number first.
final class Separations {

  private static final String LIST = """
      SELECT a.namespace, a.value, b.namespace, b.value, s.said_by, s.said_at, s.reason
      FROM identity_separation s JOIN identity a ON a.number = s.one JOIN identity b ON b.number = s.other
      """;

  private final Transaction tx;

  Separations(Transaction tx) {
    this.tx = tx;
  }

  /// False when they were kept apart already.
  boolean add(Node one, Node other, String by, Instant at, String reason) {
    long low = Math.min(one.number(), other.number());
    long high = Math.max(one.number(), other.number());
    if (tx.first("SELECT 1 FROM identity_separation WHERE one = ? AND other = ?", row -> row.number(1), low, high)
        .isPresent()) {
      return false;
    }
    tx.update("INSERT INTO identity_separation (one, other, said_by, said_at, reason) VALUES (?, ?, ?, ?, ?)", low,
        high,
        by, at, reason);
    for (Node node : List.of(one, other)) {
      tx.update("UPDATE customer SET separated = ? WHERE number = ?", true, node.customer());
    }
    return true;
  }

  /// False when nobody keeps them apart.
  boolean remove(Node one, Node other) {
    return tx.update("DELETE FROM identity_separation WHERE one = ? AND other = ?",
        Math.min(one.number(), other.number()), Math.max(one.number(), other.number())) > 0;
  }

  /// Of each identity those that it is kept apart from.
  static Map<Long, Set<Long>> among(GraphTables tables, Collection<Long> numbers) {
    var found = new HashMap<Long, Set<Long>>();
    tables.separations(numbers).forEach(pair -> {
      found.computeIfAbsent(pair.one(), _ -> new HashSet<>()).add(pair.other());
      found.computeIfAbsent(pair.other(), _ -> new HashSet<>()).add(pair.one());
    });
    return found;
  }

  List<Separation> newest(int limit) {
    return tx.query(LIST + "ORDER BY s.said_at DESC, s.one, s.other LIMIT ?", row -> new Separation(
        new Identity(row.text(1), row.text(2)), new Identity(row.text(3), row.text(4)), row.text(5), row.instant(6),
        row.text(7)), limit);
  }

  List<Separation> of(CustomerKey customer) {
    return tx.query(LIST + "WHERE a.customer = ? OR b.customer = ? ORDER BY s.said_at DESC, s.one, s.other",
        row -> new Separation(new Identity(row.text(1), row.text(2)), new Identity(row.text(3), row.text(4)),
            row.text(5), row.instant(6), row.text(7)),
        customer.number(), customer.number());
  }
}
