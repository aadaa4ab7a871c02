package portrait.foundation.expressions;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A customer who is the same but for memberships or events.
record AlteredSubject(Subject customer, Predicate<String> segments,
    Supplier<List<? extends Subject.Occurrence>> history) implements Subject {

  @Override
  public @Nullable Object attribute(String name) {
    return customer.attribute(name);
  }

  @Override
  public @Nullable List<@Nullable Object> items(String attribute) {
    return customer.items(attribute);
  }

  @Override
  public @Nullable Object measure(String name) {
    return customer.measure(name);
  }

  @Override
  public boolean isMember(String segment) {
    return segments.test(segment);
  }

  @Override
  public List<? extends Occurrence> events() {
    return history.get();
  }
}
