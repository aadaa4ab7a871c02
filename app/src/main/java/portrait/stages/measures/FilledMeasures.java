package portrait.stages.measures;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// The table of measures, as it was written.
///
/// @param rows how many customers it has
/// @param failures measures that kept their last values, and why; what counts with another comes after it
public record FilledMeasures(long rows, SequencedMap<String, String> failures) {

  public FilledMeasures {
    failures = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(failures));
  }
}
