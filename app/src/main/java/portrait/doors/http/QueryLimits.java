package portrait.doors.http;

import java.time.Duration;

/// What one open-ended question may cost.
///
/// @param time how long it may take, waiting for its turn included
/// @param rows how many a file that is made for it may have
public record QueryLimits(Duration time, int rows) {

  /// A spreadsheet takes no more rows.
  public static final QueryLimits STANDARD = new QueryLimits(Duration.ofSeconds(30), 1_000_000);
}
