package portrait.doors.odata;

import portrait.foundation.expressions.Expressions;
import java.util.Collection;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Something written wrongly in an address, with its place.
final class Mistake {

  private static final String PAGE = "The language is described in docs/reference/odata.md.";

  private Mistake() {}

  /// @param option where it stands: `$filter`
  /// @param at the character, counted from 0
  static ProblemException at(String option, int at, String message, String hint) {
    return Problem.of(Problem.Code.INVALID_PARAMETER, "%s, character %d: %s".formatted(option, at + 1, message), hint)
        .with("target", option).with("position", at + 1).asException();
  }

  static ProblemException at(String option, int at, String message) {
    return at(option, at, message, PAGE);
  }

  static ProblemException in(String option, String message, String hint) {
    return Problem.of(Problem.Code.INVALID_PARAMETER, "%s: %s".formatted(option, message), hint).with("target", option)
        .asException();
  }

  static ProblemException in(String option, String message) {
    return in(option, message, PAGE);
  }

  static ProblemException unknown(String what, String written, Collection<String> known) {
    return Problem.of(Problem.Code.NOT_FOUND,
        "there is no %s '%s'%s".formatted(what, written, Expressions.nearest(written, known)),
        "There are %s.".formatted(String.join(", ", known))).asException();
  }
}
