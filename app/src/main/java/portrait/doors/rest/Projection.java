package portrait.doors.rest;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import portrait.foundation.model.Problem;
import tools.jackson.databind.node.ObjectNode;

/// The part of a portrait that a caller asks for: `segments`, or `attributes.city`. Nothing asked for is all of it.
///
/// @param members names inside each member that was asked for; none means the whole member
record Projection(Map<String, Set<String>> members) {

  private static final List<String> FIELDS = List.of("customerId", "kind", "known", "attributes", "measures",
      "segments",
      "identities", "previousCustomerIds", "firstSeen", "lastSeen");
  private static final Set<String> DIVISIBLE = Set.of("attributes", "measures");

  static Projection of(String commaSeparated) {
    return of(Arrays.stream(commaSeparated.split(",")).map(String::strip).filter(field -> !field.isEmpty()).toList());
  }

  /// @throws portrait.foundation.model.ProblemException `invalid_parameter` for a field that a portrait has not
  static Projection of(Collection<String> fields) {
    var members = new LinkedHashMap<String, Set<String>>();
    for (String field : fields) {
      // Names of attributes have dots themselves, so only the first one divides.
      int dot = field.indexOf('.');
      String member = dot < 0 ? field : field.substring(0, dot);
      if (!FIELDS.contains(member) || dot >= 0 && !DIVISIBLE.contains(member)) {
        throw Problem.of(Problem.Code.INVALID_PARAMETER,
            "a field was '%s' but must be one of %s, attributes.NAME or measures.NAME".formatted(field,
                String.join(", ", FIELDS)))
            .asException();
      }
      if (dot < 0) {
        members.put(member, Set.of());
      } else if (!Set.of().equals(members.get(member))) {
        members.computeIfAbsent(member, _ -> new LinkedHashSet<>()).add(field.substring(dot + 1));
      }
    }
    return new Projection(members);
  }

  ObjectNode of(ObjectNode portrait) {
    if (members.isEmpty()) {
      return portrait;
    }
    portrait.retain(members.keySet());
    members.forEach((member, names) -> {
      if (!names.isEmpty()) {
        ((ObjectNode) portrait.get(member)).retain(names);
      }
    });
    return portrait;
  }
}
