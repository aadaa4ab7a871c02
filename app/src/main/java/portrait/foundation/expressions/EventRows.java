package portrait.foundation.expressions;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import portrait.foundation.warehouse.Sql;

/// The events that one pass goes over, named `e`. Each property is taken out of the JSON once, and read as each type
/// once, however many conditions look at it: both cost more than everything else that is done with an event.
final class EventRows {

  private final Map<Sql, String> properties = new LinkedHashMap<>();
  private final Map<Sql, String> converted = new LinkedHashMap<>();
  private final Set<String> sinces = new LinkedHashSet<>();

  /// The column of a property, before it is read as a type.
  Sql property(Sql extracted) {
    return Sql.of("e." + properties.computeIfAbsent(extracted, _ -> "p" + properties.size()));
  }

  /// The column of a property read as a type.
  Sql converted(Sql value) {
    return Sql.of("e." + converted.computeIfAbsent(value, _ -> "t" + converted.size()));
  }

  /// Beside each event lies the moment of that name.
  void beside(String since) {
    sinces.add(since);
  }

  /// The rows, for FROM.
  ///
  /// @param moments queries of the moments that lie beside events, by name
  Sql from(Sql where, Map<Sql, String> moments) {
    var taken = new ArrayList<Sql>();
    properties.forEach((extracted, name) -> taken.add(Sql.format(", {} AS " + name, extracted)));
    Sql rows = Sql.format("""
        (SELECT e.CustomerId, e.ActivityId, e.ActivityName, e.ActivityTimestamp, e.Properties{}
        FROM UnifiedActivity e WHERE {}) e""", Sql.join("", taken), where);
    if (!converted.isEmpty()) {
      var read = new ArrayList<Sql>();
      converted.forEach((value, name) -> read.add(Sql.format(", {} AS " + name, value)));
      rows = Sql.format("(SELECT e.*{} FROM {}) e", Sql.join("", read), rows);
    }
    var from = new ArrayList<>(List.of(rows));
    moments.forEach((last, name) -> {
      if (sinces.contains(name)) {
        from.add(Sql.format("LEFT JOIN ({}) " + name + " ON " + name + ".CustomerId = e.CustomerId", last));
      }
    });
    return Sql.join(" ", from);
  }
}
