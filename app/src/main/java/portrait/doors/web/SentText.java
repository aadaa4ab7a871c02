package portrait.doors.web;

import java.util.List;
import java.util.Map;
import portrait.foundation.model.Problem;

/// What is said about a definition that was sent and could not be applied.
final class SentText {

  private SentText() {}

  /// Each of the problems that were found together.
  static List<String> mistakes(Problem problem, Messages text) {
    var each = problem.details().entrySet().stream().filter(detail -> detail.getKey().matches("[0-9]+"))
        .sorted(Map.Entry.comparingByKey()).map(Map.Entry::getValue).toList();
    return each.isEmpty() ? List.of(text.sentence(problem.message())) : each;
  }
}
