package portrait.stages.segments;

import java.util.List;
import java.util.Optional;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Some memberships.
///
/// @param next hand it in to get the following ones; empty after the last
public record MembershipPage(List<Entry> entries, Optional<String> next) {

  public MembershipPage {
    entries = List.copyOf(entries);
  }

  /// Who is in which segment.
  public record Entry(CustomerId customer, Membership membership) {}

  /// The last membership of a page.
  record Cursor(long customer, String segment) {

    static Cursor of(Optional<String> text) {
      if (text.isEmpty()) {
        return new Cursor(Long.MIN_VALUE, "");
      }
      int space = text.get().indexOf(' ');
      try {
        return new Cursor(Long.parseLong(text.get().substring(0, Math.max(0, space))),
            text.get().substring(space + 1));
      } catch (NumberFormatException wrong) {
        throw new ProblemException(Problem.of(Problem.Code.INVALID_PARAMETER,
            "the cursor must be the next of an earlier answer"), wrong);
      }
    }

    String text() {
      return customer + " " + segment;
    }
  }
}
