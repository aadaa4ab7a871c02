package portrait.stages.engagement;

import java.time.YearMonth;
import java.util.List;
import java.util.OptionalLong;

/// How much there was with one account in the year before the last count.
///
/// @param score empty when there was nothing
/// @param days what the count rests on, at most a year
/// @param months every month of that year, the oldest first; the first and the last are no whole ones
public record History(OptionalLong score, long mails, long meetings, long days, List<Month> months) {

  public History {
    months = List.copyOf(months);
  }

  /// One of its months.
  public record Month(YearMonth month, long mails, long meetings) {}
}
