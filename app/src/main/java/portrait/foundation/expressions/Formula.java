package portrait.foundation.expressions;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Something that has a value: for a customer, or inside a condition on events for one event.
public sealed interface Formula extends Expression {

  /// A value as written: String, Long, Double, Boolean, LocalDate, Instant or null.
  record Literal(@Nullable Object value) implements Formula {}

  /// A customer's attribute.
  record Attribute(String name) implements Formula {}

  /// A customer's measure.
  record Measure(String name) implements Formula {}

  /// An event's property, keys with dots between them.
  record Property(String path) implements Formula {}

  /// The item in hand of a list, inside [Condition.Items].
  record Item() implements Formula {}

  /// When the event happened.
  record EventTime() implements Formula {}

  /// What happened.
  record EventName() implements Formula {}

  /// The moment of evaluation, or one a span before or after it. It can only be compared.
  record Now(Optional<Span> span, boolean isBefore) implements Formula {}

  /// The calendar day of the moment of evaluation.
  record Today() implements Formula {}

  /// A sum, difference, product, quotient or remainder.
  record Arithmetic(Formula left, Operator operator, Formula right) implements Formula {}

  /// A number with the other sign.
  record Negative(Formula of) implements Formula {}

  /// A function of other values.
  record Call(Function function, List<Formula> arguments) implements Formula {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }

  /// One value from many events.
  ///
  /// @param of what is taken of each event; empty only for `count`
  /// @param by what decides which event is taken: for `arg_max` and `arg_min` only
  record Aggregate(Aggregation aggregation, Optional<Formula> of, Optional<Formula> by, Events events)
      implements
        Formula {}

  /// The five operators of numbers.
  enum Operator {
    ADD("+"), SUBTRACT("-"), MULTIPLY("*"), DIVIDE("/"), REMAINDER("%");

    private final String sign;

    Operator(String sign) {
      this.sign = sign;
    }

    /// As it is written.
    public String sign() {
      return sign;
    }
  }
}
