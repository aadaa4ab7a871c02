package portrait.stages.enrichments;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import portrait.foundation.model.Problem;

/// One run of an enrichment.
///
/// @param problem why it failed
public record EnrichmentReport(UUID id, String enrichment, Instant startedAt, Optional<Instant> endedAt, Status status,
    String startedBy, Counts counts, Optional<Problem> problem) {

  /// How a run stands.
  public enum Status {
    /** It goes on. */
    RUNNING,
    /** Everybody was asked about. */
    DONE,
    /** It came to its end, but some questions were refused. */
    PARTLY,
    /** It ended before its end; answers until then count. */
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
  /// @param customers it is about
  /// @param enriched have an answer with something in it
  /// @param unchanged were not asked about, because their question is the same as last time
  /// @param reused were not asked about, because the same question was answered for somebody else
  /// @param asked questions that were sent
  /// @param nothing is known about so many of them
  /// @param lacking have no value for what must be told
  /// @param retries of calls that could not be taken at once
  /// @param doubtful have an answer that may be about somebody else: it is in the output table only
  /// @param credits that were spent, in those of the provider
  public record Counts(long customers, long enriched, long unchanged, long reused, long asked, long nothing,
      long refused, long lacking, long calls, long retries, long waitedMillis,
      long doubtful, long credits) {

    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// How many of a hundred customers are enriched.
    public long percent() {
      return customers == 0 ? 0 : Math.round(100.0 * enriched / customers);
    }
  }
}
