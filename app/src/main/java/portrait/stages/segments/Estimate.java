package portrait.stages.segments;

import java.util.List;
import java.util.Optional;
import portrait.foundation.model.CustomerId;

/// How many customers a rule fits, over all customers of the last refresh, or over a share of them where the rule looks at
/// very many events.
///
/// @param rule the rule as text
/// @param customers all there are
/// @param sample a few who fit
/// @param parts how many customers each part of the rule fits by itself; empty for a rule of one part
/// @param sampled how far a share of the customers was asked; empty where everybody was
/// @param warnings what is probably not meant: an attribute that no customer has
/// @param isTimed whether members come and go by time alone
/// @param purposes that members must agree to
/// @param withoutConsent how many the rule fits who do not agree; they are not among the members
public record Estimate(String rule, long members, long customers, List<CustomerId> sample, List<Part> parts,
    Optional<Sampled> sampled, List<String> warnings, boolean isTimed, List<String> purposes, long withoutConsent) {

  public Estimate {
    sample = List.copyOf(sample);
    parts = List.copyOf(parts);
    warnings = List.copyOf(warnings);
    purposes = List.copyOf(purposes);
  }

  /// One of the parts that `all` or `any` joins.
  ///
  /// @param parts of which it consists itself
  public record Part(String rule, long members, List<Part> parts) {

    public Part {
      parts = List.copyOf(parts);
    }
  }

  /// A share of the customers stood for all.
  ///
  /// @param oneIn of how many customers one was asked
  /// @param margin with 95 % confidence the true number of members lies no further away than this
  public record Sampled(int oneIn, long margin) {

    /// @param asked how many customers were asked
    /// @param fitting how many of them fit
    /// @param all how many customers there are
    static Sampled of(int oneIn, long asked, long fitting, long all) {
      double share = (double) fitting / Math.max(1, asked);
      double missing = Math.max(0, 1 - (double) asked / Math.max(1, all));
      // Where nobody fits, or everybody does, the formula says nothing; three in as many as were asked is the limit then.
      double margin = fitting == 0 || fitting == asked ? 3.0 / Math.max(1, asked)
          : 1.96 * Math.sqrt(share * (1 - share) / asked * missing);
      return new Sampled(oneIn, Math.round(Math.ceil(margin * all)));
    }
  }
}
