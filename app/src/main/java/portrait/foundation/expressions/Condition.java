package portrait.foundation.expressions;

import java.util.List;
import java.util.Optional;

/// Something that is true, false or, when a value is missing, unknown.
public sealed interface Condition extends Expression {

  /// The condition that always holds.
  Condition ALWAYS = new All(List.of());

  /// Every part holds; true when there are none.
  record All(List<Condition> parts) implements Condition {
    public All {
      parts = List.copyOf(parts);
    }
  }

  /// At least one part holds; false when there are none.
  record Any(List<Condition> parts) implements Condition {
    public Any {
      parts = List.copyOf(parts);
    }
  }

  /// The part does not hold; unknown stays unknown.
  record Not(Condition part) implements Condition {}

  /// Two values stand in a relation.
  record Comparison(Formula left, Relation relation, Formula right, boolean isIgnoringCase) implements Condition {}

  /// A value lies between two others, both included.
  record Between(Formula of, Formula low, Formula high) implements Condition {}

  /// A value is one of those listed.
  record OneOf(Formula of, List<Formula.Literal> values, boolean isIgnoringCase) implements Condition {
    public OneOf {
      values = List.copyOf(values);
    }
  }

  /// A text looks like another.
  record Matches(Formula of, Match match, String pattern, boolean isIgnoringCase) implements Condition {}

  /// A value is missing.
  record IsNull(Formula of) implements Condition {}

  /// A time lies in some days, weeks, months, quarters or years of the calendar.
  record InPeriod(Formula of, CalendarPeriod period) implements Condition {}

  /// A value that is itself true or false.
  record Truth(Formula of) implements Condition {}

  /// Some item of a list, or every one, is so. A value that is no list counts as a list of one; what is missing is unknown.
  /// Of an empty list nothing is true of any item, and everything of all.
  ///
  /// @param of an attribute or a property
  /// @param each about [Formula.Item] alone
  record Items(boolean isAll, Formula of, Condition each) implements Condition {}

  /// The customer is in that segment.
  record Member(String segment) implements Condition {}

  /// Events happened one after another, each strictly later than the one before, without some other event strictly
  /// between the first and the last.
  ///
  /// @param window every step lies in it
  record Sequence(List<Step> steps, Optional<Pick> without, Window window) implements Condition {
    public Sequence {
      steps = List.copyOf(steps);
    }
  }

  /// One step of a sequence.
  ///
  /// @param within how long after the step before it may happen, that moment included
  record Step(Pick pick, Optional<Span> within) {}

  /// How two values may relate.
  enum Relation {
    EQUAL("="), NOT_EQUAL("<>"), LESS("<"), AT_MOST("<="), MORE(">"), AT_LEAST(">=");

    private final String sign;

    Relation(String sign) {
      this.sign = sign;
    }

    /// As it is written.
    public String sign() {
      return sign;
    }

    boolean holds(int comparison) {
      return switch (this) {
        case EQUAL -> comparison == 0;
        case NOT_EQUAL -> comparison != 0;
        case LESS -> comparison < 0;
        case AT_MOST -> comparison <= 0;
        case MORE -> comparison > 0;
        case AT_LEAST -> comparison >= 0;
      };
    }

    Relation turned() {
      return switch (this) {
        case EQUAL, NOT_EQUAL -> this;
        case LESS -> MORE;
        case AT_MOST -> AT_LEAST;
        case MORE -> LESS;
        case AT_LEAST -> AT_MOST;
      };
    }
  }

  /// How a text may look like another. In a `like` pattern `%` stands for any text and `_` for one character. A text
  /// with slashes is a place in a hierarchy: `Shoes/Boots` is a child of `Shoes`, which is its parent, at any distance.
  enum Match {
    CONTAINS("contains"), STARTS_WITH("starts with"), ENDS_WITH("ends with"), LIKE("like"), CHILD_OF(
        "child of"), PARENT_OF("parent of");

    private final String words;

    Match(String words) {
      this.words = words;
    }

    /// As it is written.
    public String words() {
      return words;
    }
  }
}
