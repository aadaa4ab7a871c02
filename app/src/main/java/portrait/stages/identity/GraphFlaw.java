package portrait.stages.identity;

import java.util.Locale;
import java.util.Set;

/// Something in the graph's tables that does not follow from the facts.
///
/// @param where the identity or customer, by number: values are personal data
/// @param identities numbers of those it concerns
public record GraphFlaw(Kind kind, String where, Set<Long> identities) {

  public GraphFlaw {
    identities = Set.copyOf(identities);
  }

  /// What is wrong.
  public enum Kind {
    /** A fact names an identity that is not there. */
    IDENTITY_MISSING,
    /** A fact says that two identities belong together, and no link does. */
    LINK_MISSING,
    /** A link that no fact says. */
    LINK_UNFOUNDED,
    /** A link whose facts are from other times. */
    LINK_TIMES_WRONG,
    /** Links are cut that hold, or the other way round. */
    LINK_CUT_WRONG,
    /** An identity names a customer that is not there. */
    CUSTOMER_MISSING,
    /** A customer without any identity. */
    CUSTOMER_EMPTY,
    /** Identities that should be one customer are several, or the other way round. */
    CUSTOMER_DIVIDED_WRONG,
    /** A customer counts as known and should not, or the other way round. */
    CUSTOMER_KNOWN_WRONG,
    /** An id that was given up leads nowhere. */
    PREVIOUS_ID_LOST;

    /// As it is written in reports: `link missing`.
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  static GraphFlaw ofLink(Kind kind, long one, long other) {
    return new GraphFlaw(kind, "identity %d with identity %d".formatted(one, other),
        one == other ? Set.of(one) : Set.of(one, other));
  }

  static GraphFlaw ofIdentity(Kind kind, long number) {
    return new GraphFlaw(kind, "identity %d".formatted(number), Set.of(number));
  }

  static GraphFlaw ofCustomer(Kind kind, long number, Set<Long> identities) {
    return new GraphFlaw(kind, "customer %d".formatted(number), identities);
  }
}
