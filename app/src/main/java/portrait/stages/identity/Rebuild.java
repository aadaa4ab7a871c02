package portrait.stages.identity;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;

/// Applies changed namespaces to the past.
///
/// Only three kinds of customers can come out differently: those at an end of a cut link, those that hold too many
/// values of a namespace, and those that hold a value that is junk now. All others are their links' plain components,
/// whatever the settings.
final class Rebuild {

  private static final int SLICE = 200;

  private final Database database;
  private final Namespaces namespaces;
  private final Mint mint;
  private final GraphMemory memory;

  Rebuild(Database database, Namespaces namespaces, Mint mint, GraphMemory memory) {
    this.database = database;
    this.namespaces = namespaces;
    this.mint = mint;
    this.memory = memory;
  }

  Changes run(LongConsumer expected, LongConsumer progress) {
    var changes = new ChangeCount();
    List<Long> doubtful = database.read(tx -> doubtful(tx, namespaces));
    expected.accept(doubtful.size());
    for (int from = 0; from < doubtful.size(); from += SLICE) {
      List<Long> slice = doubtful.subList(from, Math.min(from + SLICE, doubtful.size()));
      List<Outcome> outcomes = database.write(tx -> slice.stream().map(
          seed -> new Settlement(tx, namespaces, mint, memory).rebuild(List.of(seed))).toList());
      outcomes.forEach(outcome -> outcome.addTo(changes));
      progress.accept(slice.size());
    }
    for (Map.Entry<CustomerKey, Boolean> mislabelled : database.read(tx -> mislabelled(tx, namespaces)).entrySet()) {
      database.write(tx -> {
        memory.customerChanges(tx, mislabelled.getKey().number());
        return tx.update("UPDATE customer SET known = ? WHERE number = ?", mislabelled.getValue(),
            mislabelled.getKey().number());
      });
      changes.touch(List.of(mislabelled.getKey()));
    }
    return changes.changes();
  }

  /// Customers that are known and should not be, or the other way round, with what they should be.
  static Map<CustomerKey, Boolean> mislabelled(Transaction tx, Namespaces namespaces) {
    List<String> people = tx.query("SELECT DISTINCT namespace FROM identity", row -> row.text(1)).stream()
        .filter(namespace -> namespaces.of(namespace).type() == Namespace.Type.PERSON).toList();
    String isKnown = people.isEmpty() ? "1 = 0"
        : """
        EXISTS (SELECT 1 FROM identity i WHERE i.customer = c.number AND i.namespace IN (%s))"""
            .formatted(String.join(",", Collections.nCopies(people.size(), "?")));
    var found = new LinkedHashMap<CustomerKey, Boolean>();
    tx.each("SELECT c.number, c.id, c.known FROM customer c WHERE c.known <> (" + isKnown + ") ORDER BY c.number",
        row -> found.put(new CustomerKey(row.number(1), CustomerId.of(row.text(2))), !row.isTrue(3)),
        people.toArray());
    return found;
  }

  /// One identity of each customer that could come out differently, in ascending order.
  static List<Long> doubtful(Transaction tx, Namespaces namespaces) {
    var seeds = new TreeSet<Long>();
    tx.each("SELECT one, other FROM identity_link WHERE cut", row -> {
      seeds.add(row.number(1));
      seeds.add(row.number(2));
    });
    for (String namespace : tx.query("SELECT DISTINCT namespace FROM identity", row -> row.text(1))) {
      tx.each("""
          SELECT min(number) FROM identity WHERE namespace = ? GROUP BY customer HAVING count(*) > ?""",
          row -> seeds.add(row.number(1)), namespace, namespaces.of(namespace).limit());
      if (!namespaces.of(namespace).junk().isEmpty()) {
        tx.each("SELECT number, value FROM identity WHERE namespace = ?", row -> {
          if (namespaces.isJunk(new Identity(namespace, row.text(2)))) {
            seeds.add(row.number(1));
          }
        }, namespace);
      }
    }
    return new ArrayList<>(seeds);
  }
}
