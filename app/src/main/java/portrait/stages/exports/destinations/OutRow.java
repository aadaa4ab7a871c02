package portrait.stages.exports.destinations;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.CustomerId;

/// One customer on the way out.
///
/// @param key who it is over there, see [Destination#key]
/// @param values by column, in order, those that the destination needs too; none of somebody who left
/// @param changed names of columns that differ from what was sent before; all of them of somebody new
/// @param segments of the export that the customer is in
public record OutRow(Change change, String key, CustomerId customer, SequencedMap<String, @Nullable Object> values,
    Set<String> changed, List<String> segments) {

  /// What happened since the customer was sent before.
  public enum Change {
    /** Was not sent before, or is sent all the same. */
    ENTERED,
    /** Is there, and differs. */
    CHANGED,
    /** Is no longer in any segment of the export, or is gone. */
    LEFT;

    /// As it is written in files and answers.
    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public OutRow {
    values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
    changed = Set.copyOf(changed);
    segments = List.copyOf(segments);
  }
}
