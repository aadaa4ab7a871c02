package portrait.doors.web;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import portrait.processes.dashboard.Figures;

/// The first page: how many customers there are, how fresh, and what is left to do.
///
/// @param figures as they were last counted
/// @param days how many customers there were at the end of each day, the oldest first
/// @param loadedTables how many source tables have rows
/// @param refreshes the latest, newest first
/// @param sources who knows how many customers; `more` of them are new
/// @param namespaces who has identities of which namespace; `more` is how many identities there are
/// @param overlaps who has identities of two namespaces
/// @param failures what did not work when it was last tried
/// @param exports the latest run of each export, newest first
public record HomePage(Figures figures, List<Figures.Standing> days, int loadedTables, boolean hasUnification,
    List<Run> refreshes, List<Row> sources, List<Row> namespaces, List<Row> overlaps, List<Failure> failures,
    List<Sent> exports) {

  private static final int SEGMENTS_SHOWN = 8;

  /// @param status as the job says it
  /// @param length empty while it runs
  public record Run(String id, String status, Instant at, Optional<Duration> length) {}

  /// A number of customers, and where they are listed.
  public record Row(String title, String url, long customers, long more) {}

  /// @param isTable whether a source table could not be read, else a job failed
  /// @param name the table's title, or the job
  public record Failure(boolean isTable, String name, String url, Instant at, String why) {}

  /// @param status as the run says it
  public record Sent(String name, String title, String status, Instant at, long delivered, long refused) {}

  public long events() {
    return figures.tables().events().stream().mapToLong(Figures.Happened::events).sum();
  }

  /// The largest segments.
  public List<Figures.Size> segments() {
    return figures.sizes().stream().limit(SEGMENTS_SHOWN).toList();
  }

  /// Whether the newcomer is past the first steps.
  public boolean isBegun() {
    return figures.customers() > 0;
  }

  /// Whether a refresh has made tables, so that more than customers was counted.
  public boolean hasTables() {
    return figures.tables().customers() > 0;
  }
}
