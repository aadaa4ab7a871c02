package portrait.stages.measures;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Schema;

/// A page of what was computed for a measure, in the order of its columns that are no calculation.
///
/// @param rows values in the order of the columns; String, Long, Double, Boolean, LocalDate, Instant or null
/// @param total how many rows there are on all pages
/// @param computedAt empty when it was not computed yet
/// @param bars what a chart shows; empty when there is nothing to show in one
public record MeasureRows(Schema columns, List<List<@Nullable Object>> rows, long total, Optional<Instant> computedAt,
    List<Bar> bars) {

  public MeasureRows {
    rows = rows.stream().map(row -> (List<@Nullable Object>) Collections.unmodifiableList(row)).toList();
    bars = List.copyOf(bars);
  }

  /// One bar of a chart.
  ///
  /// @param label a value of a dimension, or where a range of values begins; null for missing ones
  /// @param number how much
  public record Bar(@Nullable Object label, double number) {}
}
