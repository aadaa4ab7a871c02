package portrait.foundation.expressions;

import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One customer, as the evaluator sees them. Values are String, Long, Double, Boolean, LocalDate, Instant or null.
public interface Subject {

  @Nullable
  Object attribute(String name);

  /// The items of an attribute that is a list; of any other the one value; null when there is none. Items that are lists
  /// or objects themselves are null.
  default @Nullable List<@Nullable Object> items(String attribute) {
    Object value = attribute(attribute);
    return value == null ? null : List.of(value);
  }

  @Nullable
  Object measure(String name);

  /// Whether the customer is in that segment now; false when there is none of that name.
  boolean isMember(String segment);

  /// Everything the customer did, newest last; events of one moment in the order of their ids. Events of the future may
  /// be among them: they do not count yet, but they tell when an answer will change.
  List<? extends Occurrence> events();

  /// The same customer, had they done nothing but this.
  default Subject doing(List<? extends Occurrence> events) {
    return new AlteredSubject(this, this::isMember, () -> events);
  }

  /// The same customer, whose memberships somebody else knows.
  default Subject in(Predicate<String> segments) {
    return new AlteredSubject(this, segments, this::events);
  }

  /// One thing that happened.
  interface Occurrence {

    String id();

    /// For example `Product Viewed`.
    String name();

    String type();

    Instant at();

    /// A property's value, as [EventProperties#value] reads it from JSON.
    ///
    /// @param path keys with dots between them: `product.category`; a number picks from a list: `products.0.sku`
    @Nullable
    Object property(String path);

    /// The items of a property that is a list, as [EventProperties#items] reads them; of any other the one value.
    @Nullable
    List<@Nullable Object> items(String path);
  }
}
