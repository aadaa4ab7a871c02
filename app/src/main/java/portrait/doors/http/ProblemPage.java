package portrait.doors.http;

import portrait.foundation.model.Problem;

/// Shows a problem to a person.
@FunctionalInterface
public interface ProblemPage {

  Answer show(Request request, Problem problem);
}
