package portrait.foundation.expressions;

import java.time.ZoneId;
import portrait.foundation.model.ColumnType;
import portrait.foundation.warehouse.Sql;

/// How one warehouse engine spells what engines spell differently. The rules of conversion are those of [Values].
interface Dialect {

  /// A value of a column or expression as the type that is wanted; null when it does not read as one.
  ///
  /// @param type what it is; `JSON` is an event's property
  Sql converted(Sql value, ColumnType type, ValueType wanted, ZoneId zone);

  /// An event's property as an engine's own JSON value.
  Sql property(Sql properties, String path);

  Sql call(Function function, Sql argument);

  /// Rounds half away from zero.
  Sql rounded(Sql number, double scale);

  /// `left operator right` of numbers; division by zero and what is too large for a number are null.
  Sql arithmetic(Sql left, Formula.Operator operator, Sql right);

  Sql hour(Sql timestamp, ZoneId zone);

  /// `18:30:00`.
  Sql timeOfDay(Sql timestamp, ZoneId zone);

  /// Whole days between a timestamp and now.
  Sql daysSince(Sql timestamp, Sql now);

  Sql matches(Sql text, Condition.Match match, Sql pattern);

  /// A sum as [ExactSum] computes it.
  Sql sum(Sql number, Sql filter);

  Sql average(Sql number, Sql filter);

  /// The value of the first or last event, in the order of time and id, whose value is not null.
  Sql endmost(boolean isFirst, Sql value, Sql time, Sql id, Sql filter);

  /// The value of the event with the least or the most of `by`; the first of equals by time and id has least, the last
  /// has most. Events whose value or `by` is null are left out.
  Sql extreme(boolean isLeast, Sql value, Sql by, Sql time, Sql id, Sql filter);

  /// A span of exact length, for frames of windows.
  Sql interval(long seconds);
}
