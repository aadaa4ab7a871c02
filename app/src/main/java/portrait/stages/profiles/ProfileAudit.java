package portrait.stages.profiles;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.stages.identity.CustomerKey;

/// What a comparison of everything published with the facts asks, and nobody else.
final class ProfileAudit {

  List<String> sources(Transaction transaction) {
    return transaction.query("SELECT DISTINCT source FROM profile_fragment ORDER BY source", row -> row.text(1));
  }

  List<CustomerKey> after(Transaction transaction, long number, int limit) {
    return transaction.query("SELECT customer, id FROM profile WHERE customer > ? ORDER BY customer LIMIT ?",
        row -> new CustomerKey(row.number(1), CustomerId.of(row.text(2))), number, limit);
  }

  Set<String> words(Transaction transaction, CustomerKey customer) {
    return transaction.first("SELECT words FROM profile WHERE customer = ? AND words <> ''",
        row -> new TreeSet<>(Set.of(row.text(1).split(" "))), customer.number()).orElseGet(TreeSet::new);
  }
}
