package portrait.foundation.expressions;

import java.time.Instant;
import java.util.List;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;

/// A condition about one row of a table: its columns and nothing else.
///
/// @param place where it stands, for messages: `Activity visits: where`
public record RowCondition(String place, Condition condition) {

  /// Reads it, and refuses what is not about one row.
  ///
  /// @throws ProblemException `invalid_definition`
  public static RowCondition read(String place, String text) {
    Condition condition;
    try {
      condition = Expressions.condition(text);
    } catch (ProblemException mistake) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_DEFINITION,
          "%s: %s".formatted(place, mistake.problem().message()), mistake.problem().hint()), mistake);
    }
    var uses = Expressions.uses(condition);
    if (uses.isAnyEvent() || !uses.events().isEmpty() || !uses.measures().isEmpty() || !uses.segments().isEmpty()) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "%s was '%s' but must be about the columns of the table alone".formatted(place, text),
          "Events, measures and segments are for measures and segments.").asException();
    }
    return new RowCondition(place, condition);
  }

  /// The columns it looks at, sorted.
  public List<String> columns() {
    return Expressions.uses(condition).attributes().stream().sorted().toList();
  }

  /// For rows named `c`.
  ///
  /// @param table its name, for messages
  /// @throws ProblemException `invalid_definition` that names a column the table does not have
  public Sql sql(String table, Schema schema, Instant now) {
    for (String column : columns()) {
      if (schema.columns().stream().noneMatch(known -> known.name().equals(column))) {
        throw Problem.of(Problem.Code.INVALID_DEFINITION,
            "%s uses '%s', but %s has no such column".formatted(place, column, table),
            "It has %s, written exactly so.".formatted(schema.columns().stream().map(Schema.Column::name).toList()))
            .asException();
      }
    }
    return Expressions.rows(condition, now, schema);
  }
}
