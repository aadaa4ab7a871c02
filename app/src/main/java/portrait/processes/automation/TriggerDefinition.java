package portrait.processes.automation;

import java.util.Locale;
import java.util.Optional;

/// Whom to tell when something happens.
///
/// @param about name of the source, segment or measure; empty for any source, and where there is none
/// @param bound what the size or the value has to pass
/// @param connection of a type that takes messages
public record TriggerDefinition(String name, String title, When when, Optional<String> about, Optional<Bound> bound,
    String connection, boolean isActive) {

  /// What happens.
  public enum When {
    /** A table of a source could not be loaded. */
    SOURCE_FAILED,
    /** A table of a source was loaded. */
    SOURCE_LOADED,
    /** The number of members of a segment passes a bound. */
    SEGMENT_SIZE,
    /** A measure of the business passes a bound. */
    MEASURE_VALUE,
    /** A refresh of a schedule came to its end, good or bad. */
    REFRESH_ENDED,
    /** Customers were unified. */
    UNIFICATION_ENDED;

    /// As it is written in definitions.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// The member of the definition that says what it is about; empty where nothing does.
    public Optional<String> member() {
      return switch (this) {
        case SOURCE_FAILED, SOURCE_LOADED -> Optional.of("source");
        case SEGMENT_SIZE -> Optional.of("segment");
        case MEASURE_VALUE -> Optional.of("measure");
        case REFRESH_ENDED, UNIFICATION_ENDED -> Optional.empty();
      };
    }

    /// Whether a value passes a bound.
    public boolean hasBound() {
      return this == SEGMENT_SIZE || this == MEASURE_VALUE;
    }
  }

  /// @param isAbove whether it counts to rise above the limit, else to fall below
  public record Bound(double limit, boolean isAbove) {

    boolean isPassed(double value) {
      return isAbove ? value > limit : value < limit;
    }
  }
}
