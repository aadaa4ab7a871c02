package portrait.foundation.expressions;

import java.util.Optional;

/// Puts formulas in place of the measures that carry them.
final class Inlining {

  private Inlining() {}

  static Formula of(Formula formula, java.util.function.Function<String, Optional<Formula>> formulas) {
    return switch (formula) {
      case Formula.Measure(var name) -> formulas.apply(name).orElse(formula);
      case Formula.Arithmetic(var left, var operator, var right) ->
        new Formula.Arithmetic(of(left, formulas), operator, of(right, formulas));
      case Formula.Negative(var of) -> new Formula.Negative(of(of, formulas));
      case Formula.Call(var function, var arguments) ->
        new Formula.Call(function, arguments.stream().map(argument -> of(argument, formulas)).toList());
      case Formula.Literal _,Formula.Attribute _,Formula.Property _,Formula.EventTime _,Formula.EventName _,Formula.Now _,Formula.Today _,Formula.Aggregate _ ->
        formula;
    };
  }
}
