package portrait.foundation.expressions;

import java.time.ZoneId;
import java.util.OptionalInt;
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

  /// The nearest whole number, half away from zero; null where it has more than 64 bits.
  Sql whole(Sql number);

  /// `left operator right` of numbers; division by zero and what is too large for a number are null.
  Sql arithmetic(Sql left, Formula.Operator operator, Sql right);

  /// @param part `HOUR`, `MINUTE` or `SECOND`
  Sql clock(Function part, Sql timestamp, ZoneId zone);

  /// @param from counted from 0
  /// @param length empty for all that follows
  Sql part(Sql text, int from, OptionalInt length);

  /// Where the text is found first, counted from 0; -1 when nowhere.
  Sql indexOf(Sql text, Sql sought);

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

  /// Common tables that stand for those of customers and events and have one in so many customers, always the same.
  Sql sampled(int oneIn);

  /// Common tables that stand for those of customers and events.
  Sql among(Expressions.Among some);

  /// A customer's JSON, in which an object is the text that it is.
  Sql json(Sql value);

  /// The items of a JSON list, or the one value there is; null for objects and null.
  Sql items(Sql json);

  /// A list of the one value; null for null.
  Sql only(Sql value);

  /// Whether a condition holds for some item of a list, or for all.
  ///
  /// @param item what the condition calls an item
  Sql quantified(boolean isAll, Sql list, String item, Sql condition);

  /// A span of exact length, for frames of windows.
  Sql interval(long seconds);
}
