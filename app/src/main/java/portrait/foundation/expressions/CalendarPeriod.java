package portrait.foundation.expressions;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Whole calendar days, weeks, months, quarters or years beside the moment of evaluation, in the time zone of the
/// definition: `this month`, `last 7 days`, `previous quarter`, `next 2 weeks`.
///
/// Unlike a [Span] it moves in leaps, at midnight, and is as long as the calendar says: a day on which the clock
/// changes has 23 or 25 hours.
public record CalendarPeriod(Which which, int amount, Unit unit) {

  private static final int AMOUNT_MAX = 1_000;
  private static final Pattern WRITTEN = Pattern
      .compile("(this|last|previous|next) (?:([0-9]{1,4}) )?(?:calendar )?([a-z]{3,8})");

  /// Which of the periods.
  public enum Which {
    /** The one the moment lies in. */
    THIS,
    /** The one the moment lies in, and as many before it as are missing. */
    LAST,
    /** Those before it. */
    PREVIOUS,
    /** Those after it. */
    NEXT;

    /// As it is written.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// What is counted. Weeks begin on Monday.
  public enum Unit {
    DAY(1, 0), WEEK(7, 0), MONTH(0, 1), QUARTER(0, 3), YEAR(0, 12);

    private final int days;
    private final int months;

    Unit(int days, int months) {
      this.days = days;
      this.months = months;
    }

    /// As it is written.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    LocalDate start(LocalDate day) {
      return switch (this) {
        case DAY -> day;
        case WEEK -> day.minusDays(day.getDayOfWeek().getValue() - 1L);
        case MONTH -> day.withDayOfMonth(1);
        case QUARTER -> LocalDate.of(day.getYear(), (day.getMonthValue() - 1) / 3 * 3 + 1, 1);
        case YEAR -> day.withDayOfYear(1);
      };
    }
  }

  public CalendarPeriod {
    if (amount < 1 || amount > AMOUNT_MAX || which == Which.THIS && amount != 1) {
      throw new IllegalArgumentException("a calendar period has 1 to %d units, this one had %d".formatted(AMOUNT_MAX,
          amount));
    }
  }

  /// Reads `this month`, `last 7 days`, `last 7 calendar days`, `previous quarter`; empty when the text is none. `last`
  /// takes a number: whether last month is the one before this one is for people to say.
  public static Optional<CalendarPeriod> of(String text) {
    var match = WRITTEN.matcher(text.toLowerCase(Locale.ROOT));
    if (!match.matches()) {
      return Optional.empty();
    }
    var which = Which.valueOf(match.group(1).toUpperCase(Locale.ROOT));
    int amount = match.group(2) == null ? 1 : Integer.parseInt(match.group(2));
    boolean isCounted = match.group(2) != null;
    if (amount < 1 || amount > AMOUNT_MAX || which == Which.THIS && isCounted || which == Which.LAST && !isCounted) {
      return Optional.empty();
    }
    return List.of(Unit.values()).stream()
        .filter(unit -> match.group(3).equals(unit.word()) || match.group(3).equals(unit.word() + "s")).findFirst()
        .map(unit -> new CalendarPeriod(which, amount, unit));
  }

  /// What it is at one moment.
  ///
  /// @param from its first microsecond
  /// @param to the first microsecond after it
  /// @param since the moment of evaluation may go back as far for it to stay the same
  /// @param until when it moves on
  record Frame(long from, long to, long since, long until) {

    boolean holds(long moment) {
      return moment >= from && moment < to;
    }
  }

  Frame at(long now, ZoneId zone) {
    var here = unit.start(day(now, zone));
    return new Frame(begin(here, first(), zone), begin(here, last() + 1, zone), begin(here, 0, zone),
        begin(here, 1, zone));
  }

  /// From when on a moment lies in it; may be long ago.
  long enters(long moment, ZoneId zone) {
    return begin(unit.start(day(moment, zone)), -last(), zone);
  }

  /// From when on a moment that lay in it does so no longer.
  long leaves(long moment, ZoneId zone) {
    return begin(unit.start(day(moment, zone)), 1 - first(), zone);
  }

  /// The exact time it begins, seen from a moment.
  public Instant from(Instant now, ZoneId zone) {
    return Span.micros(at(Span.micros(now), zone).from());
  }

  /// The exact time it ends, seen from a moment.
  public Instant to(Instant now, ZoneId zone) {
    return Span.micros(at(Span.micros(now), zone).to());
  }

  /// How far it reaches into the past, at most.
  public Span reach() {
    int units = Math.max(1, 1 - first());
    return unit.months == 0 ? new Span(units * unit.days, Span.Unit.DAY)
        : new Span(units * unit.months, Span.Unit.MONTH);
  }

  /// The first of its units, counted from the one that the moment of evaluation lies in.
  private int first() {
    return switch (which) {
      case THIS -> 0;
      case LAST -> 1 - amount;
      case PREVIOUS -> -amount;
      case NEXT -> 1;
    };
  }

  private int last() {
    return switch (which) {
      case THIS, LAST -> 0;
      case PREVIOUS -> -1;
      case NEXT -> amount;
    };
  }

  private long begin(LocalDate start, int units, ZoneId zone) {
    return firstOf(start.plusDays((long) units * unit.days).plusMonths((long) units * unit.months), zone);
  }

  /// The first moment of a day. Where midnight comes twice it is the earlier one; where it is skipped, the moment after.
  static long firstOf(LocalDate day, ZoneId zone) {
    return Span.micros(day.atStartOfDay(zone).toInstant());
  }

  private static LocalDate day(long moment, ZoneId zone) {
    return LocalDate.ofInstant(Span.micros(moment), zone);
  }

  @Override
  public String toString() {
    boolean isCounted = which == Which.LAST || amount > 1;
    return which.word() + " " + (isCounted ? amount + " " : "") + unit.word() + (amount > 1 ? "s" : "");
  }
}
