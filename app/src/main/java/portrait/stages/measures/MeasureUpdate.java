package portrait.stages.measures;

import java.util.Set;

/// What became of the measures of one customer.
///
/// @param values all of them
/// @param changed names of those that have another value than before; where it is not known what was kept, of all
public record MeasureUpdate(MeasureValues values, Set<String> changed) {

  public MeasureUpdate {
    changed = Set.copyOf(changed);
  }
}
