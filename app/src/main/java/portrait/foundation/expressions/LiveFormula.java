package portrait.foundation.expressions;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.ColumnType;

/// A formula, compiled for one customer at a time. Immutable; used by any number of threads.
public final class LiveFormula {

  private static final double BEYOND = 0x1p63;

  private final Node.Any node;
  private final boolean isWhole;

  LiveFormula(Expressions.Output output) {
    this.node = new ConditionCompiler(output.zone()).formulas().as(output.type(), output.formula());
    this.isWhole = output.column() == ColumnType.INTEGER;
  }

  /// The nearest whole number, half away from zero; null where it has more than 64 bits.
  private static @Nullable Long whole(double number) {
    double rounded = FormulaCompiler.rounded(number);
    return rounded >= -BEYOND && rounded < BEYOND ? (Long) (long) rounded : null;
  }

  /// What it is at one moment.
  ///
  /// @param value String, Long, Double, Boolean, LocalDate, Instant or null
  /// @param changesAt as in [LiveCondition.Answer]
  public record Answer(@Nullable Object value, @Nullable Instant changesAt) {}

  public Answer answer(Subject subject, Instant now) {
    var moment = new Moment(subject, Span.micros(now));
    Object value = node.of(moment);
    return new Answer(isWhole && value instanceof Double number ? whole(number) : value,
        moment.changesAt == Moment.NEVER ? null : Span.micros(moment.changesAt));
  }
}
