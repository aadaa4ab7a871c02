package portrait.stages.exports.destinations;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What became of a batch.
public sealed interface Sent {

  /// The place took it, row by row.
  ///
  /// @param outcomes one for each row, in order
  /// @param pause how long the place wants to be left alone now
  record Answered(List<Outcome> outcomes, Duration pause) implements Sent {

    public Answered {
      outcomes = List.copyOf(outcomes);
    }

    /// All rows were taken.
    public static Answered all(int rows) {
      return new Answered(java.util.Collections.nCopies(rows, new Outcome.Delivered()), Duration.ZERO);
    }
  }

  /// It took nothing, as far as is known: the same batch may be sent again.
  ///
  /// @param after what the place asked for; empty when it did not say
  /// @param isThrottled whether it is there and only wants less; else it failed
  record TryLater(Optional<Duration> after, boolean isThrottled, String why) implements Sent {}

  /// What became of a row.
  sealed interface Outcome {

    /// The place took it.
    record Delivered() implements Outcome {}

    /// The place will not have it.
    ///
    /// @param reason in the place's words, without personal data
    record Refused(String reason) implements Outcome {}
  }
}
