package portrait.foundation.expressions;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Puts other formulas in place of attributes and measures.
final class Inlining {

  private Inlining() {}

  /// @param replacement what stands in place of an attribute or a measure; empty leaves it as it is
  static Formula of(Formula formula, Function<Formula, Optional<Formula>> replacement) {
    return switch (formula) {
      case Formula.Measure _,Formula.Attribute _ -> replacement.apply(formula).orElse(formula);
      case Formula.Arithmetic(var left, var operator, var right) ->
        new Formula.Arithmetic(of(left, replacement), operator, of(right, replacement));
      case Formula.Negative(var of) -> new Formula.Negative(of(of, replacement));
      case Formula.Call(var function, var arguments) ->
        new Formula.Call(function, arguments.stream().map(argument -> of(argument, replacement)).toList());
      // Inside an aggregate only the event is seen.
      case Formula.Literal _,Formula.Item _,Formula.Property _,Formula.EventTime _,Formula.EventName _,Formula.Now _,Formula.Today _,Formula.Aggregate _ ->
        formula;
    };
  }

  /// @param replacement what stands in place of an attribute or a measure; empty leaves it as it is
  static Condition of(Condition condition, Function<Formula, Optional<Formula>> replacement) {
    return switch (condition) {
      case Condition.All(var parts) -> new Condition.All(each(parts, replacement));
      case Condition.Any(var parts) -> new Condition.Any(each(parts, replacement));
      case Condition.Not(var part) -> new Condition.Not(of(part, replacement));
      case Condition.Comparison(var left, var relation, var right, var isIgnoringCase) ->
        new Condition.Comparison(of(left, replacement), relation, of(right, replacement), isIgnoringCase);
      case Condition.Between(var of, var low, var high) ->
        new Condition.Between(of(of, replacement), of(low, replacement), of(high, replacement));
      case Condition.OneOf(var of, var values, var isIgnoringCase) ->
        new Condition.OneOf(of(of, replacement), values, isIgnoringCase);
      case Condition.Matches(var of, var match, var pattern, var isIgnoringCase) ->
        new Condition.Matches(of(of, replacement), match, pattern, isIgnoringCase);
      case Condition.IsNull(var of) -> new Condition.IsNull(of(of, replacement));
      case Condition.InPeriod(var of, var period) -> new Condition.InPeriod(of(of, replacement), period);
      case Condition.Truth(var of) -> new Condition.Truth(of(of, replacement));
      // A list is an attribute or a property: nothing else can stand in its place.
      case Condition.Member _,Condition.Sequence _,Condition.Items _ -> condition;
    };
  }

  private static List<Condition> each(List<Condition> parts, Function<Formula, Optional<Formula>> replacement) {
    return parts.stream().map(part -> of(part, replacement)).toList();
  }
}
