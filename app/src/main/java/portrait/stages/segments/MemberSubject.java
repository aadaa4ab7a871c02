package portrait.stages.segments;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Subject;

/// A customer whose memberships this stage knows itself.
record MemberSubject(Subject customer, Predicate<String> membership) implements Subject {

  @Override
  public @Nullable Object attribute(String name) {
    return customer.attribute(name);
  }

  @Override
  public @Nullable Object measure(String name) {
    return customer.measure(name);
  }

  @Override
  public boolean isMember(String segment) {
    return membership.test(segment);
  }

  @Override
  public List<? extends Occurrence> events() {
    return customer.events();
  }
}
