package portrait.stages.activities;

import java.time.Instant;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;

/// The `where` of an activity: a condition on the columns of its table.
final class RowCondition {

  private RowCondition() {}

  /// Reads it, and refuses what is not about one row.
  static Condition read(String activity, String text) {
    Condition condition;
    try {
      condition = Expressions.condition(text);
    } catch (ProblemException mistake) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_DEFINITION,
          "Activity %s: where: %s".formatted(activity, mistake.problem().message()), mistake.problem().hint()),
          mistake);
    }
    var uses = Expressions.uses(condition);
    if (uses.isAnyEvent() || !uses.events().isEmpty() || !uses.measures().isEmpty() || !uses.segments().isEmpty()) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "Activity %s: where was '%s' but must be about the columns of the table alone".formatted(activity, text),
          "Events, measures and segments are for measures and segments.").asException();
    }
    return condition;
  }

  /// For rows of a table named `c`.
  ///
  /// @throws ProblemException `invalid_definition` that names a column the table does not have
  static Sql sql(ActivityDefinition activity, String text, Schema columns, Instant now) {
    var condition = read(activity.name(), text);
    for (String column : Expressions.uses(condition).attributes()) {
      if (columns.columns().stream().noneMatch(known -> known.name().equals(column))) {
        throw Problem.of(Problem.Code.INVALID_DEFINITION,
            "Activity %s: where uses '%s', but %s has no such column".formatted(activity.name(), column,
                activity.table().orElse("")),
            "It has %s, written exactly so.".formatted(columns.columns().stream().map(Schema.Column::name).toList()))
            .asException();
      }
    }
    return Expressions.rows(condition, now, columns);
  }
}
