package portrait.processes.live;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import portrait.foundation.model.CustomerId;
import portrait.stages.profiles.Document;

/// Profiles as several merge policies make them.
///
/// @param examined how many customers were looked at
/// @param different how many of them come out differently
/// @param attributes how many customers differ in each attribute
/// @param customers the customer asked for, or the first that differ
public record Comparison(int examined, int different, Map<String, Integer> attributes, List<Customer> customers) {

  public Comparison {
    customers = List.copyOf(customers);
  }

  /// One customer, attribute by attribute.
  public record Customer(CustomerId id, List<Row> rows) {

    public Customer {
      rows = List.copyOf(rows);
    }

    boolean differs() {
      return rows.stream().anyMatch(Row::differs);
    }
  }

  /// @param values one for each policy; empty where the attribute is blank
  public record Row(String name, List<Optional<Document.Value>> values) {

    public Row {
      values = List.copyOf(values);
    }

    /// Whether the policies give different values, wherever they come from.
    public boolean differs() {
      return values.stream().map(value -> value.<Object>map(Document.Value::value).orElse("")).distinct().count() > 1;
    }

    /// The winner under the policy at that place.
    public Optional<Document.Value> value(int place) {
      return Objects.requireNonNull(values.get(place));
    }
  }
}
