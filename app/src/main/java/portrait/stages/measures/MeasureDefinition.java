package portrait.stages.measures;

import portrait.foundation.expressions.Uses;

/// A measure: one value about each customer, or a table of values.
public sealed interface MeasureDefinition permits CustomerMeasure, MeasureTable {

  String name();

  String title();

  String description();

  /// What it depends on.
  Uses uses();
}
