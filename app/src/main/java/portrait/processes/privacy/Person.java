package portrait.processes.privacy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;

/// Who is meant: the named identities, and with them all that the graph holds for the same customers.
///
/// @param named as they were asked for
/// @param customers whom they lead to; none when nobody has these identities
/// @param identities by which they are known, the named ones among them
/// @param numbers of the identities that the graph knows
/// @param ids every CustomerId they ever had
record Person(List<Identity> named, List<CustomerKey> customers, Set<Identity> identities, List<Long> numbers,
    List<CustomerId> ids) {

  Person {
    named = List.copyOf(named);
    customers = List.copyOf(customers);
    identities = Set.copyOf(identities);
    numbers = List.copyOf(numbers);
    ids = List.copyOf(ids);
  }

  /// @throws portrait.foundation.model.ProblemException `unknown_profile` when a CustomerId leads to nobody,
  ///         `invalid_parameter` when nobody is named
  static Person of(Transaction tx, IdentityGraph graph, Collection<Identity> named) {
    if (named.isEmpty()) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "no identity was named").asException();
    }
    Map<Long, CustomerKey> customers = new LinkedHashMap<>();
    var identities = new LinkedHashSet<Identity>();
    for (var identity : named) {
      var found = graph.find(tx, identity);
      found.ifPresent(customer -> customers.put(customer.number(), customer));
      if (!identity.namespace().equals(IdentityGraph.CUSTOMER)) {
        identities.add(identity);
      } else if (found.isEmpty()) {
        throw Problem.of(Problem.Code.UNKNOWN_PROFILE, "no customer has this CustomerId",
            "Name the person by an identity, such as the e-mail address.").asException();
      }
    }
    var numbers = new ArrayList<Long>();
    var ids = new ArrayList<CustomerId>();
    for (var customer : customers.values()) {
      graph.keyRing(tx, customer).forEach(known -> {
        identities.add(known.identity());
        numbers.add(known.number());
      });
      ids.add(customer.id());
      ids.addAll(graph.previousIds(tx, customer));
    }
    return new Person(List.copyOf(named), List.copyOf(customers.values()), identities, numbers, ids);
  }
}
