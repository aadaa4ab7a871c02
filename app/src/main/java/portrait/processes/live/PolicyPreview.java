package portrait.processes.live;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.identity.KnownIdentity;
import portrait.stages.policies.MergePolicy;
import portrait.stages.profiles.Document;
import portrait.stages.profiles.Fragment;
import portrait.stages.profiles.Profiles;

/// Merges real customers under several policies, and publishes nothing.
final class PolicyPreview {

  private static final int CUSTOMERS_TOLD_MAX = 10;

  private final Database database;
  private final IdentityGraph identities;
  private final Profiles profiles;

  PolicyPreview(Database database, IdentityGraph identities, Profiles profiles) {
    this.database = database;
    this.identities = identities;
    this.profiles = profiles;
  }

  Comparison of(List<MergePolicy> policies, Identity identity) {
    return database.read(transaction -> {
      var customer = identities.find(transaction, identity).orElseThrow(() -> Problem.of(Problem.Code.UNKNOWN_PROFILE,
          "no customer has this identity in the namespace %s".formatted(identity.namespace()),
          "Check the spelling: values are compared exactly.").asException());
      return counted(List.of(compared(transaction, customer, policies)), true);
    });
  }

  Map<String, Object> attributes(Identity identity, MergePolicy policy) {
    return database.read(transaction -> identities.find(transaction, identity)
        .map(customer -> Profiles.merge(fragments(transaction, customer), policy).values()).orElse(Map.of()));
  }

  /// Of the customers seen last.
  Comparison of(List<MergePolicy> policies, int sample) {
    return database.read(transaction -> counted(
        profiles.search(transaction, "", Optional.empty(), sample, Optional.empty()).profiles().stream()
            .map(profile -> compared(transaction, profile.customer(), policies)).toList(),
        false));
  }

  private static Comparison counted(List<Comparison.Customer> customers, boolean tellsAll) {
    Map<String, Integer> attributes = new TreeMap<>();
    var told = new ArrayList<Comparison.Customer>();
    int different = 0;
    for (var customer : customers) {
      customer.rows().stream().filter(Comparison.Row::differs)
          .forEach(row -> attributes.merge(row.name(), 1, Integer::sum));
      different += customer.differs() ? 1 : 0;
      if (tellsAll || customer.differs() && told.size() < CUSTOMERS_TOLD_MAX) {
        told.add(customer);
      }
    }
    return new Comparison(customers.size(), different, attributes, told);
  }

  private Comparison.Customer compared(Transaction transaction, CustomerKey customer, List<MergePolicy> policies) {
    var fragments = fragments(transaction, customer);
    var documents = policies.stream().map(policy -> Profiles.merge(fragments, policy)).toList();
    var names = new TreeSet<String>();
    documents.forEach(document -> names.addAll(document.attributes().keySet()));
    return new Comparison.Customer(customer.id(), names.stream().map(name -> new Comparison.Row(name,
        documents.stream().map(document -> value(document, name)).toList())).toList());
  }

  private List<Fragment> fragments(Transaction transaction, CustomerKey customer) {
    return profiles.fragments(transaction,
        identities.keyRing(transaction, customer).stream().map(KnownIdentity::number).toList());
  }

  private static Optional<Document.Value> value(Document document, String name) {
    return Optional.ofNullable(document.attributes().get(name));
  }
}
