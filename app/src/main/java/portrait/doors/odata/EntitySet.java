package portrait.doors.odata;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.stages.measures.MeasureTable;

/// One set of the feed.
///
/// @param title what it holds, in a sentence
/// @param table in the warehouse; empty when only the profile store has it
/// @param key names of the properties that tell entities apart
/// @param aliases other names of properties, in lower case: those of the product whose queries this feed answers
/// @param names properties that are an identity of the customer
record EntitySet(String name, String title, Origin origin, String table, List<Property> properties, List<String> key,
    List<Navigation> navigations, Map<String, String> aliases, List<Named> names) {

  /// The property of the customer in every set that has one.
  static final String CUSTOMER_ID = "CustomerId";

  EntitySet {
    properties = List.copyOf(properties);
    key = List.copyOf(key);
    navigations = List.copyOf(navigations);
    aliases = Map.copyOf(aliases);
    names = List.copyOf(names);
  }

  /// Who answers about one customer.
  sealed interface Origin {

    record Customers() implements Origin {}

    record Activities() implements Origin {}

    record CustomerMeasures() implements Origin {}

    record Memberships() implements Origin {}

    record Segments() implements Origin {}

    record OneMeasure(MeasureTable measure) implements Origin {}

    /// Nobody: it is a table of the warehouse.
    record Table() implements Origin {}
  }

  /// Where entities lead.
  ///
  /// @param target name of the other set, whose property `to` is equal to `from` here
  record Navigation(String name, String target, String from, String to, boolean isMany) {}

  /// A property whose value is an identity.
  ///
  /// @param alternates the property that holds further identities, separated by semicolons; empty for none
  record Named(String property, String namespace, String alternates) {}

  /// Rows of it that belong to a customer can be had as of this moment.
  boolean isLive() {
    return !(origin instanceof Origin.Table) && !(origin instanceof Origin.Segments) && find(CUSTOMER_ID).isPresent();
  }

  Optional<Property> find(String name) {
    return properties.stream().filter(property -> property.name().equals(name)).findFirst()
        .or(() -> properties.stream().filter(property -> property.name().equalsIgnoreCase(name)).findFirst())
        .or(() -> Optional.ofNullable(aliases.get(name.toLowerCase(Locale.ROOT))).flatMap(this::find));
  }

  Property property(String name) {
    return find(name).orElseThrow(() -> new IllegalArgumentException(name));
  }

  /// The property that somebody wrote.
  ///
  /// @throws ProblemException that names those which are near
  Property property(String name, String option, int at) {
    return find(name).orElseThrow(() -> unknown(name, option, at));
  }

  ProblemException unknown(String name, String option, int at) {
    Set<String> known = new LinkedHashSet<>();
    properties.forEach(property -> known.add(property.name()));
    navigations.forEach(navigation -> known.add(navigation.name()));
    return Mistake.at(option, at, "%s has no property '%s'%s".formatted(this.name, name,
        Expressions.nearest(name, known)), "It has %s.".formatted(String.join(", ", known)));
  }

  Optional<Navigation> navigation(String name) {
    return navigations.stream().filter(navigation -> navigation.name().equals(name)).findFirst()
        .or(() -> navigations.stream().filter(navigation -> navigation.name().equalsIgnoreCase(name)).findFirst());
  }

  Optional<Named> named(Property property) {
    return names.stream().filter(named -> named.property().equals(property.name())).findFirst();
  }

  /// The columns of its table, for conditions.
  Schema schema() {
    return new Schema(
        properties.stream().map(property -> Schema.Column.of(property.column(), property.type())).toList());
  }

  List<Property> keyProperties() {
    return key.stream().map(this::property).toList();
  }
}
