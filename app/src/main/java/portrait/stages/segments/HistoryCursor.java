package portrait.stages.segments;

import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// A place in the history of a segment: whoever came or went at the same moment has an order, too.
record HistoryCursor(long changedAt, long customer, long hasEntered) {

  static final HistoryCursor NEWEST = new HistoryCursor(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

  /// @throws ProblemException `invalid_parameter`
  static HistoryCursor parse(String text) {
    String[] parts = text.split("\\.", -1);
    try {
      if (parts.length == 3) {
        return new HistoryCursor(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
      }
    } catch (NumberFormatException _) {
      // Told below, like a cursor of another number of parts.
    }
    throw Problem.of(Problem.Code.INVALID_PARAMETER,
        "cursor was '%s' but must be the next of an earlier answer".formatted(text)).asException();
  }

  String text() {
    return changedAt + "." + customer + "." + hasEntered;
  }
}
