package portrait.foundation.expressions;

/// Whether an expression reads the time of evaluation, so that its answer moves although nothing happens.
final class Timing {

  private Timing() {}

  static boolean isLookedAt(Expression expression) {
    return switch (expression) {
      case Formula.Now _,Formula.Today _ -> true;
      case Formula.Call(var function, var arguments) ->
        function == Function.DAYS_SINCE || arguments.stream().anyMatch(Timing::isLookedAt);
      case Formula.Arithmetic(var left, _, var right) -> isLookedAt(left) || isLookedAt(right);
      case Formula.Negative(var of) -> isLookedAt(of);
      case Formula.Aggregate(_, var of, var by, var events) -> of.map(Timing::isLookedAt).orElse(false)
          || by.map(Timing::isLookedAt).orElse(false) || isLookedAt(events.pick().where())
          || isLookedAt(events.window());
      case Formula.Literal _,Formula.Item _,Formula.Attribute _,Formula.Measure _,Formula.Property _,Formula.EventTime _,Formula.EventName _ ->
        false;
      case Condition.All(var parts) -> parts.stream().anyMatch(Timing::isLookedAt);
      case Condition.Any(var parts) -> parts.stream().anyMatch(Timing::isLookedAt);
      case Condition.Not(var part) -> isLookedAt(part);
      case Condition.Comparison(var left, _, var right, _) -> isLookedAt(left) || isLookedAt(right);
      case Condition.Between(var of, var low, var high) -> isLookedAt(of) || isLookedAt(low) || isLookedAt(high);
      case Condition.OneOf(var of, _, _) -> isLookedAt(of);
      case Condition.Matches(var of, _, _, _) -> isLookedAt(of);
      case Condition.IsNull(var of) -> isLookedAt(of);
      case Condition.InPeriod _ -> true;
      case Condition.Truth(var of) -> isLookedAt(of);
      case Condition.Items(_, _, var each) -> isLookedAt(each);
      case Condition.Member _ -> false;
      case Condition.Sequence(var steps, var without, var window) -> isLookedAt(window)
          || steps.stream().anyMatch(step -> isLookedAt(step.pick().where()))
          || without.map(pick -> isLookedAt(pick.where())).orElse(false);
    };
  }

  private static boolean isLookedAt(Window window) {
    return window.isMoving() || window.since().map(pick -> isLookedAt(pick.where())).orElse(false);
  }
}
