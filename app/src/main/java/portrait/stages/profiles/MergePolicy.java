package portrait.stages.profiles;

import java.util.List;
import java.util.Map;

/// Which value wins when fragments disagree.
///
/// `IMPORTANCE`: the source that stands first in `order`; sources not listed come after, by name. Traits sent live
/// take part by their place in the order when `live` is listed; otherwise the most important value of the tables and
/// the most recent live value are compared by time, the later wins. `MOST_RECENT` and `LEAST_RECENT` compare times
/// only. A value without a time counts as the oldest for recency, and equal times fall back to importance.
///
/// @param order sources, the most important first
/// @param byDefault for attributes without a rule of their own
/// @param attributes rule per attribute
public record MergePolicy(List<String> order, Rule byDefault, Map<String, Rule> attributes) {

  /// How one attribute is decided.
  public enum Rule {
    IMPORTANCE, MOST_RECENT, LEAST_RECENT
  }

  public MergePolicy {
    order = List.copyOf(order);
    attributes = Map.copyOf(attributes);
  }

  /// Importance in this order, for every attribute.
  public static MergePolicy importance(List<String> order) {
    return new MergePolicy(order, Rule.IMPORTANCE, Map.of());
  }

  Rule of(String attribute) {
    return attributes.getOrDefault(attribute, byDefault);
  }
}
