package portrait.processes.live;

import java.util.Set;
import portrait.stages.identity.CustomerKey;

/// A customer who is published differently than the facts say.
public record Deviation(CustomerKey customer, Set<Part> parts) {

  public Deviation {
    parts = Set.copyOf(parts);
  }

  /// What differs.
  public enum Part {
    /** The profile is missing, there without reason, or says something else. */
    PROFILE,
    /** The customer cannot be found by some of their words. */
    SEARCH,
    /** Measures are missing or have other values. */
    MEASURES,
    /** Memberships are missing, there without reason, or end at another time. */
    MEMBERSHIPS
  }
}
