package portrait.stages.activities;

import portrait.foundation.model.Problem;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;

/// The `where` of an activity: a condition on the columns of its table.
final class RowCondition {

  private RowCondition() {}

  static Sql sql(ActivityDefinition activity, String text, Schema columns) {
    throw Problem.of(Problem.Code.INVALID_DEFINITION,
        "Activity %s: where cannot be used yet (%d columns)".formatted(activity.name(), columns.columns().size()), text)
        .asException();
  }
}
