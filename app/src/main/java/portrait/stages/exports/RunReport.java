package portrait.stages.exports;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import portrait.foundation.model.Problem;

/// One run of an export.
///
/// @param problem why it failed
/// @param note what the destination said at the end: the folder, for example
public record RunReport(UUID id, String export, Instant startedAt, Optional<Instant> endedAt, Status status,
    boolean isFull, String startedBy, Counts counts, String note, Optional<Problem> problem) {

  /// How a run stands.
  public enum Status {
    /** It goes on. */
    RUNNING,
    /** Everybody was taken. */
    DONE,
    /** It came to its end, but some were refused. */
    PARTLY,
    /** It ended before its end; what was taken until then counts. */
    FAILED,
    /** Somebody stopped it. */
    CANCELLED,
    /** Portrait stopped in the middle of it. The next run goes on from there. */
    INTERRUPTED;

    /// As it is written in answers.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// What became of how many.
  ///
  /// @param entered were sent for the first time, or all the same in a full run
  /// @param unchanged were not sent, because nothing about them changed
  /// @param calls made to the place
  /// @param retries of calls that it could not take at once
  /// @param throttledMillis waited because the place asked for it
  /// @param withoutConsent were not sent, because they do not agree to the export's purposes
  public record Counts(long entered, long changed, long left, long unchanged, long refused, long calls, long retries,
      long throttledMillis, long withoutConsent) {

    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// How many rows the place took.
    public long delivered() {
      return entered + changed + left;
    }
  }
}
