package portrait.stages.unification;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;

/// Compares the links that rules would report with those that they reported last, and says what would follow. Links cut
/// because a customer would hold too many values are not foreseen: the graph decides about those when it is told.
final class Rehearsal {

  private static final int SAMPLES_MAX = 20;
  private static final int LOOKED_AT_MAX = 20_000;

  private final WarehouseSession session;

  Rehearsal(WarehouseSession session) {
    this.session = session;
  }

  /// @param next the table of links as they would be
  /// @param last the table of links as they were reported
  Difference compare(MatchReport report, String next, String last, Database database, IdentityGraph graph) {
    String same = "SELECT one_table, one, other_table, other FROM %s";
    session.execute(
        ("CREATE OR REPLACE TEMP TABLE _added AS SELECT * FROM %s WHERE (one_table, one, other_table, other) NOT IN ("
            + same + ")").formatted(next, last));
    session.execute(
        ("CREATE OR REPLACE TEMP TABLE _removed AS SELECT * FROM %s WHERE (one_table, one, other_table, other) NOT IN ("
            + same + ")").formatted(last, next));
    var samples = new ArrayList<Difference.Sample>();
    samples.addAll(samples("_added", true));
    samples.addAll(samples("_removed", false));
    var lost = lost();
    long[] split = new long[1];
    database.read(tx -> {
      lost.forEach((customer, pairs) -> split[0] += parts(tx, graph, customer, pairs) - 1);
      return split[0];
    });
    return new Difference(report, count("_added"), count("_removed"), merged(), split[0],
        lost.size() < LOOKED_AT_MAX, samples);
  }

  private long count(String table) {
    return session.first(Sql.of("SELECT count(*) FROM " + table), row -> row.number(1)).orElseThrow();
  }

  private List<Difference.Sample> samples(String table, boolean isAdded) {
    return session.query(Sql.of("""
        SELECT one_table, one, other_table, other, rule, coalesce(score, 1) FROM %s ORDER BY coalesce(score, 1), 1, 2, 3, 4
        LIMIT %d""".formatted(table, SAMPLES_MAX)), row -> new Difference.Sample(
        new Identity(row.text(1), row.text(2)), new Identity(row.text(3), row.text(4)), row.text(5), row.decimal(6),
        isAdded));
  }

  /// Customers that new pairs bring together, less one for each group.
  private long merged() {
    var parents = new HashMap<String, String>();
    long[] merged = new long[1];
    session.each(Sql.of("""
        SELECT one.customer, other.customer FROM _added AS pair
        JOIN %1$s AS one ON one.namespace = pair.one_table AND one.value = pair.one
        JOIN %1$s AS other ON other.namespace = pair.other_table AND other.value = pair.other
        WHERE one.customer <> other.customer""".formatted(Identities.ASSIGNMENTS)), row -> {
      String one = Representative.of(parents, row.text(1));
      String other = Representative.of(parents, row.text(2));
      if (!one.equals(other)) {
        parents.put(one, other);
        merged[0]++;
      }
    });
    return merged[0];
  }

  /// Customers that lose a reason, with the pairs that go.
  private Map<CustomerKey, Set<Set<Identity>>> lost() {
    var lost = new HashMap<CustomerKey, Set<Set<Identity>>>();
    session.each(Sql.of("""
        SELECT one.customer_number, one.customer, pair.one_table, pair.one, pair.other_table, pair.other
        FROM _removed AS pair JOIN %1$s AS one ON one.namespace = pair.one_table AND one.value = pair.one
        ORDER BY 1""".formatted(Identities.ASSIGNMENTS)), row -> {
      var customer = new CustomerKey(row.number(1), CustomerId.of(row.text(2)));
      if (lost.size() < LOOKED_AT_MAX || lost.containsKey(customer)) {
        lost.computeIfAbsent(customer, _ -> new HashSet<>()).add(Set.of(new Identity(row.text(3), row.text(4)),
            new Identity(row.text(5), row.text(6))));
      }
    });
    return lost;
  }

  /// Into how many parts the links that stay leave the key ring.
  private static long parts(Transaction tx, IdentityGraph graph, CustomerKey customer, Set<Set<Identity>> going) {
    var parents = new HashMap<Identity, Identity>();
    graph.keyRing(tx, customer).forEach(known -> parents.put(known.identity(), known.identity()));
    for (var link : graph.links(tx, customer)) {
      boolean goes = link.source().equals(Unification.ORIGIN) && going.contains(Set.of(link.one(), link.other()));
      if (!link.isCut() && !goes && parents.containsKey(link.one()) && parents.containsKey(link.other())) {
        parents.put(Representative.of(parents, link.one()), Representative.of(parents, link.other()));
      }
    }
    return Math.max(1,
        parents.keySet().stream().filter(identity -> Representative.of(parents, identity).equals(identity)).count());
  }
}
