package portrait.doors.odata;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import portrait.doors.odata.EntitySet.Navigation;
import portrait.foundation.expressions.Condition;
import portrait.foundation.model.Identity;
import portrait.stages.identity.IdentityGraph;

/// Which entities are wanted: conditions of the expression language on one row, and what reaches beyond the row. It is
/// never unknown: where the language has null, [Binder] has decided already what that means.
sealed interface Filter {

  Filter EVERYTHING = new All(List.of());
  Filter NOTHING = new Any(List.of());

  record All(List<Filter> parts) implements Filter {
    public All {
      parts = List.copyOf(parts);
    }
  }

  record Any(List<Filter> parts) implements Filter {
    public Any {
      parts = List.copyOf(parts);
    }
  }

  /// A condition on the columns of the row.
  record Holds(Condition condition) implements Filter {}

  /// Some item of a list is so, or all are. Where the list is missing, it counts as empty.
  record Items(Condition.Items condition, boolean isNot) implements Filter {}

  /// The row is about the customer who has one of these identities, also one that another has replaced.
  record Is(Property property, EntitySet.Named name, Optional<Property> alternates, List<String> values,
      boolean isNot) implements Filter {
    private static final Pattern ID = Pattern.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");

    public Is {
      values = List.copyOf(values);
    }

    List<Identity> identities() {
      return values.stream().filter(value -> !value.isBlank() && value.length() <= Identity.VALUE_LENGTH_MAX)
          .filter(value -> !name.namespace().equals(IdentityGraph.CUSTOMER) || ID.matcher(value).matches())
          .map(value -> new Identity(name.namespace(), value)).toList();
    }
  }

  /// The customer of the row is in that segment.
  record Member(String segment, boolean isNot) implements Filter {}

  /// There is a related entity for which something holds.
  record Has(Navigation navigation, EntitySet target, Filter where, boolean isNot) implements Filter {}

  /// Both.
  static Filter and(Filter one, Filter other) {
    if (one.equals(EVERYTHING)) {
      return other;
    }
    var parts = new ArrayList<Filter>(one instanceof All(var all) ? all : List.of(one));
    if (!other.equals(EVERYTHING)) {
      parts.addAll(other instanceof All(var all) ? all : List.of(other));
    }
    return parts.size() == 1 ? parts.getFirst() : new All(parts);
  }

  /// The customers whom every fitting row must be about, if the filter names them.
  default Optional<Set<Identity>> customers() {
    return switch (this) {
      case Is is when !is.isNot() -> Optional.of(new LinkedHashSet<>(is.identities()));
      case All(var parts) -> parts.stream().flatMap(part -> part.customers().stream())
          .min(java.util.Comparator.comparingInt(Set::size));
      case Any(var parts) -> {
        var together = new LinkedHashSet<Identity>();
        for (var part : parts) {
          var some = part.customers();
          if (some.isEmpty()) {
            yield Optional.empty();
          }
          together.addAll(some.get());
        }
        yield Optional.of(together);
      }
      case Is _,Holds _,Items _,Member _,Has _ -> Optional.empty();
    };
  }

  /// The segment that every fitting row's customer must be in, if the filter names one.
  default Optional<String> segmentOfAll() {
    return switch (this) {
      case Member(var segment, var isNot) -> isNot ? Optional.empty() : Optional.of(segment);
      case All(var parts) -> parts.stream().flatMap(part -> part.segmentOfAll().stream()).findFirst();
      case Any _,Is _,Holds _,Items _,Has _ -> Optional.empty();
    };
  }
}
