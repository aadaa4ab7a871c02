package portrait.stages.activities;

import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// The rows of one table cannot be mapped, which rolls back the mapping of all; the next attempt leaves it out.
final class NotMapped extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String table;
  private final transient Problem problem;

  NotMapped(String table, RuntimeException why) {
    super(why);
    this.table = table;
    var cause = why instanceof ProblemException known ? known.problem()
        : Problem.of(Problem.Code.WAREHOUSE_FAILED, String.valueOf(why.getMessage()).lines().findFirst().orElse(""));
    this.problem = new Problem(cause.code(), "activities of %s stay as they were: %s".formatted(table, cause.message()),
        cause.hint(), cause.details());
  }

  String table() {
    return table;
  }

  Problem problem() {
    return problem;
  }
}
