package portrait.stages.policies;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import portrait.foundation.definitions.Kind;
import portrait.stages.consent.Consent;
import portrait.stages.events.Event;

/// Which value wins when what sources say about one customer disagrees.
///
/// A value without a time counts as the oldest for `MOST_RECENT` and as the newest for `LEAST_RECENT`, and equal times
/// fall back to importance. What applications send (source `live`) has its place in the order when `live` is listed;
/// otherwise the most important value of the tables and the most recent live value are compared by time, and the later
/// wins. An explicit null is a value like any other: where it wins, the attribute is blank. What was said about consent is
/// decided by time alone, under every policy.
///
/// @param isDefault whether profiles are merged under it when nobody asks for another
/// @param standard for attributes without a rule of their own
/// @param attributes rule by attribute
/// @param groups attributes that only make sense together
public record MergePolicy(String name, String title, boolean isDefault, Rule standard, Map<String, Rule> attributes,
    List<Group> groups) {

  public static final Kind<MergePolicy> KIND = new MergePolicyKind();

  /** What enrichments add has a source of its own: `enrichment.NAME`. */
  public static final String ADDED = "enrichment.";
  private static final Rule CONSENT = new Rule(How.STRICT, List.of(), false);

  public MergePolicy {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    groups = List.copyOf(groups);
  }

  /// Importance in this order, for every attribute.
  public static MergePolicy importance(List<String> order) {
    return new MergePolicy("importance", "Importance", false, new Rule(How.IMPORTANCE, order, false), Map.of(),
        List.of());
  }

  /// The rule under which an attribute is decided that is in no group.
  public Rule of(String attribute) {
    // No order of importance undoes a withdrawal.
    return Consent.isAbout(attribute) ? CONSENT : attributes.getOrDefault(attribute, standard);
  }

  /// The group that an attribute is in.
  public Optional<Group> groupOf(String attribute) {
    return Consent.isAbout(attribute) ? Optional.empty()
        : groups.stream().filter(group -> group.attributes().contains(attribute)).findFirst();
  }

  /// The same policy with an order of importance for every rule that names none.
  public MergePolicy withOrder(List<String> order) {
    var ordered = new LinkedHashMap<String, Rule>();
    attributes.forEach((attribute, rule) -> ordered.put(attribute, rule.withOrder(order)));
    var orderedGroups = new ArrayList<Group>();
    groups.forEach(group -> orderedGroups.add(new Group(group.attributes(), group.rule().withOrder(order))));
    return new MergePolicy(name, title, isDefault, standard.withOrder(order), ordered, orderedGroups);
  }

  /// The same policy with a rule for an attribute that is decided outside of it.
  public MergePolicy with(String attribute, Rule rule) {
    var rules = new LinkedHashMap<>(attributes);
    rules.put(attribute, rule);
    return new MergePolicy(name, title, isDefault, standard, rules, groups);
  }

  /// What decides.
  public enum How {
    IMPORTANCE, MOST_RECENT, LEAST_RECENT,
    /** The most recent, and of the same moment the stricter: for consent only, and for no other attribute. */
    STRICT
  }

  /// How one attribute or group is decided.
  ///
  /// @param order sources, the most important first; others come after them, by name
  /// @param listedOnly whether other sources are left out instead
  public record Rule(How how, List<String> order, boolean listedOnly) {

    public Rule {
      order = List.copyOf(order);
    }

    /// The place of a source in the order of importance.
    public int rank(String source) {
      int place = order.indexOf(source);
      return place < 0 ? order.size() : place;
    }

    /// Whether the source takes part.
    public boolean takes(String source) {
      return !listedOnly || order.contains(source);
    }

    /// Whether live values are weighed against the winner of the tables by time, having no place in the order.
    public boolean weighsLiveByTime() {
      return how == How.IMPORTANCE && !listedOnly && !order.contains(Event.LIVE);
    }

    Rule withOrder(List<String> other) {
      return order.isEmpty() ? new Rule(how, other, listedOnly) : this;
    }
  }

  /// Attributes that are taken from one record together, so that no address comes out that never existed.
  public record Group(List<String> attributes, Rule rule) {

    public Group {
      attributes = attributes.stream().filter(attribute -> !Consent.isAbout(attribute)).toList();
    }
  }
}
