package portrait.stages.unification;

import java.util.List;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;

/// Customers who are related and not one person, as probabilistic rules hold.
///
/// @param id the CustomerId that sorts first among them
/// @param customers in the order of their ids
public record Household(String id, List<CustomerId> customers) {

  public Household {
    customers = List.copyOf(customers);
  }

  /// Two records that are related.
  ///
  /// @param rule that says so
  /// @param probability that they are one person; they are related because it is not high, and chance is unlikelier still
  public record Tie(Identity one, CustomerId oneCustomer, Identity other, CustomerId otherCustomer, String rule,
      double probability) {}

  /// Some households, the largest first.
  ///
  /// @param next where the next ones begin; empty at the end
  public record Page(List<Household> households, String next, long total) {

    public Page {
      households = List.copyOf(households);
    }
  }
}
