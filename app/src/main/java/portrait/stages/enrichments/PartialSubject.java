package portrait.stages.enrichments;

import java.util.List;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Subject;

/// Somebody of whom formulas see only a part: what an implementation does not say is not there.
interface PartialSubject extends Subject {

  @Override
  default @Nullable Object attribute(String name) {
    return null;
  }

  @Override
  default @Nullable Object measure(String name) {
    return null;
  }

  @Override
  default boolean isMember(String segment) {
    return false;
  }

  @Override
  default List<? extends Occurrence> events() {
    return List.of();
  }
}
