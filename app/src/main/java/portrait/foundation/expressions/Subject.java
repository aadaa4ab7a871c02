package portrait.foundation.expressions;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One customer, as the evaluator sees them. Values are String, Long, Double, Boolean, LocalDate, Instant or null.
public interface Subject {

  @Nullable
  Object attribute(String name);

  @Nullable
  Object measure(String name);

  /// Whether the customer is in that segment now; false when there is none of that name.
  boolean isMember(String segment);

  /// Everything the customer did, newest last; events of one moment in the order of their ids. Events of the future may
  /// be among them: they do not count yet, but they tell when an answer will change.
  List<? extends Occurrence> events();

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
  }
}
