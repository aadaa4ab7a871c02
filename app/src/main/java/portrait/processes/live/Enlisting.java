package portrait.processes.live;

import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import portrait.foundation.database.Database;
import portrait.foundation.expressions.Touched;
import portrait.foundation.model.Identity;
import portrait.stages.events.Events;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.segments.Segments;

/// Puts customers on the lists of static segments, and takes them off.
record Enlisting(Database database, Events events, IdentityGraph identities, Segments segments, Evaluation evaluation,
    Supplier<Instant> clock) {

  /** Customers of one transaction: short enough for received messages not to notice. */
  private static final int SLICE = 64;

  Enlisted run(String segment, List<Identity> named, boolean isListed) {
    var all = new Enlisted(0, 0, 0);
    for (int start = 0; start < named.size(); start += SLICE) {
      all = all.and(slice(segment, named.subList(start, Math.min(named.size(), start + SLICE)), isListed));
    }
    return all;
  }

  private Enlisted slice(String segment, List<Identity> named, boolean isListed) {
    var now = clock.get();
    return database.write(transaction -> {
      events.reserve(transaction, 0);
      long unknown = 0;
      long unchanged = 0;
      var touched = new TreeMap<Long, CustomerKey>();
      for (var identity : named) {
        var customer = identities.find(transaction, identity);
        if (customer.isEmpty()) {
          unknown++;
          continue;
        }
        var keyRing = identities.keyRing(transaction, customer.get()).stream().map(known -> known.number()).toList();
        // A CustomerId may change hands, so the list names an identity of theirs instead.
        long anchor = identity.namespace().equals("customer") ? keyRing.getFirst()
            : identities.number(transaction, identity, now);
        boolean isChanged = isListed
            ? segments.enlist(transaction, segment, anchor, keyRing, now)
            : segments.delist(transaction, segment, keyRing);
        if (isChanged) {
          touched.put(customer.get().number(), customer.get());
        } else {
          unchanged++;
        }
      }
      touched.values().forEach(customer -> evaluation.refresh(transaction, customer, Touched.everything(), now));
      return new Enlisted(touched.size(), unchanged, unknown);
    });
  }
}
