package portrait.foundation.definitions;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import portrait.foundation.model.Problem;

/// Collects everything that is wrong with a text, to report it in one go.
final class Problems {

  private final List<Problem> found = new ArrayList<>();

  void add(String message, String hint) {
    found.add(Problem.of(Problem.Code.INVALID_DEFINITION, message, hint));
  }

  void addAll(Collection<Problem> problems) {
    found.addAll(problems);
  }

  /// Throws them as one problem: its message lists them, its details carry each under a number. It is `not_allowed` when
  /// somebody else could do the same, else `invalid_definition`.
  void throwIfAny() {
    if (found.isEmpty()) {
      return;
    }
    var details = new TreeMap<String, String>();
    var lines = new ArrayList<String>();
    for (var problem : found) {
      String line = problem.hint().isEmpty() ? problem.message() : problem.message() + " — " + problem.hint();
      details.put("%03d".formatted(lines.size() + 1), line);
      lines.add(line);
    }
    var code = found.stream().allMatch(problem -> problem.code() == Problem.Code.NOT_ALLOWED)
        ? Problem.Code.NOT_ALLOWED
        : Problem.Code.INVALID_DEFINITION;
    if (found.size() == 1) {
      var only = found.getFirst();
      throw new Problem(code, only.message(), only.hint(), details).asException();
    }
    throw new Problem(code,
        "%d problems:\n- %s".formatted(lines.size(), String.join("\n- ", lines)),
        "Nothing was applied. Correct them all, then apply again.", details).asException();
  }
}
