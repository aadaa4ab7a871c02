package portrait.stages.unification;

import java.time.Instant;
import java.util.List;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;

/// The `where` of a unified table: a condition on its columns.
final class RowFilter {

  private RowFilter() {}

  /// Reads it, and refuses what is not about one row.
  static Condition read(String table, String text) {
    Condition condition;
    try {
      condition = Expressions.condition(text);
    } catch (ProblemException mistake) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_DEFINITION,
          "Unification: where of %s: %s".formatted(table, mistake.problem().message()), mistake.problem().hint()),
          mistake);
    }
    var uses = Expressions.uses(condition);
    if (uses.isAnyEvent() || !uses.events().isEmpty() || !uses.measures().isEmpty() || !uses.segments().isEmpty()) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "Unification: where of %s was '%s' but must be about the columns of the table alone".formatted(table, text),
          "Events, measures and segments are for measures and segments.").asException();
    }
    return condition;
  }

  static List<String> columns(String table, String text) {
    return Expressions.uses(read(table, text)).attributes().stream().sorted().toList();
  }

  /// The rows of a table that it lets through, as a query in brackets.
  static Sql rows(String table, String text, Sql from, Schema columns, Instant now) {
    return Sql.format("(SELECT c.* FROM {} AS c WHERE {})", from, Expressions.rows(read(table, text), now, columns));
  }
}
