package portrait.stages.measures;

import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Formula;
import portrait.foundation.expressions.Uses;
import portrait.foundation.model.ColumnType;

/// One value about each customer.
///
/// @param formula what is computed, from events, attributes or other measures; already of the type
/// @param type what the value is: string, number, integer, boolean, date or timestamp
/// @param otherwise the value when the formula has none; null for none
/// @param zone decides which calendar day a moment belongs to
public record CustomerMeasure(String name, String title, String description, Formula formula, ColumnType type,
    @Nullable Object otherwise, ZoneId zone) implements MeasureDefinition {

  @Override
  public Uses uses() {
    return Expressions.uses(formula);
  }

  /// The formula, or else what stands for it.
  Formula whole() {
    return otherwise == null ? formula : Expressions.otherwise(formula, otherwise);
  }

  Expressions.Output output(Formula inlined) {
    return new Expressions.Output(inlined, type, zone);
  }
}
