package portrait.stages.segments;

import java.util.List;
import java.util.Locale;
import portrait.foundation.definitions.Kind;
import portrait.foundation.model.Schema;

/// By which attributes the list of customers can be narrowed down.
public record CustomerIndex(List<Filter> filters) {

  public static final Kind<CustomerIndex> KIND = new CustomerIndexKind();
  /// There is one of them, and this is its name.
  public static final String NAME = "customers";

  static final int VALUES_USUAL = 6;
  private static final List<String> ATTRIBUTES_USUAL = List.of("country", "city", "gender", "language");

  public CustomerIndex {
    filters = List.copyOf(filters);
  }

  /// @param values how many values are offered, of numbers and times how many intervals
  /// @param isByValue whether values stand in their own order; else those that most have come first
  public record Filter(String attribute, int values, boolean isByValue) {}

  /// Where nobody said anything: attributes of which few values are usual, as far as customers have them.
  static CustomerIndex usual(Schema customer) {
    return new CustomerIndex(ATTRIBUTES_USUAL.stream()
        .flatMap(usual -> customer.columns().stream().map(Schema.Column::name)
            .filter(name -> name.toLowerCase(Locale.ROOT).equals(usual)))
        .map(name -> new Filter(name, VALUES_USUAL, false)).toList());
  }
}
