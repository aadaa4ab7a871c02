package portrait.stages.measures;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;

/// Which days a date dimension puts together; each bucket is called by its first day. Weeks begin on Monday.
public enum Bucket {
  NONE, DAY, WEEK, MONTH, QUARTER, YEAR;

  /// As it is written.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The first day of the bucket that a day lies in.
  LocalDate start(LocalDate day) {
    return switch (this) {
      case NONE, DAY -> day;
      case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
      case MONTH -> day.withDayOfMonth(1);
      case QUARTER -> day.with(IsoFields.DAY_OF_QUARTER, 1);
      case YEAR -> day.withDayOfYear(1);
    };
  }
}
