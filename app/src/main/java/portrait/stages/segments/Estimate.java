package portrait.stages.segments;

import java.util.List;
import portrait.foundation.model.CustomerId;

/// How many customers a rule fits, counted exactly over all customers of the last refresh.
///
/// @param rule the rule as text
/// @param customers all there are
/// @param sample a few who fit
/// @param parts how many customers each part of the rule fits by itself; empty for a rule of one part
/// @param warnings what is probably not meant: an attribute that no customer has
/// @param isTimed whether members come and go by time alone
public record Estimate(String rule, long members, long customers, List<CustomerId> sample, List<Part> parts,
    List<String> warnings, boolean isTimed) {

  public Estimate {
    sample = List.copyOf(sample);
    parts = List.copyOf(parts);
    warnings = List.copyOf(warnings);
  }

  /// One of the parts that `all` or `any` joins.
  public record Part(String rule, long members) {}
}
