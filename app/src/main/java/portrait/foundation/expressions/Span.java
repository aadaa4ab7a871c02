package portrait.foundation.expressions;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A length of time as people write it: `30d`, `2h`, `3 months`.
///
/// Seconds to weeks are exact lengths (a day is 24 hours). Months and years are calendar units, counted in UTC: one
/// month before 31 March is the last moment of February. Where a month has no such day its last moment counts, whatever
/// the time of day: keeping the time would let a window move backwards at the end of a month.
public record Span(int amount, Unit unit) {

  private static final long SECONDS_MAX = 200L * 366 * 86_400;
  private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,6}) ?([a-z]{1,7})");

  /// What is counted.
  public enum Unit {
    SECOND("s", 1), MINUTE("m", 60), HOUR("h", 3_600), DAY("d", 86_400), WEEK("w", 604_800), MONTH("mo", 0), YEAR("y",
        0);

    private final String letter;
    private final long seconds;

    Unit(String letter, long seconds) {
      this.letter = letter;
      this.seconds = seconds;
    }

    static Optional<Unit> of(String word) {
      for (var unit : values()) {
        String name = unit.name().toLowerCase(Locale.ROOT);
        if (word.equals(unit.letter) || word.equals(name) || word.equals(name + "s")) {
          return Optional.of(unit);
        }
      }
      return Optional.empty();
    }
  }

  public Span {
    if (amount < 1 || secondsMax(amount, unit) > SECONDS_MAX) {
      throw new IllegalArgumentException("a span lasts at least one unit and at most 200 years, not " + amount + unit);
    }
  }

  /// Reads `30d`, `30 days`, `3mo`, `1 year`; empty when the text is no span.
  public static Optional<Span> of(String text) {
    var match = WRITTEN.matcher(text);
    if (!match.matches() || Integer.parseInt(match.group(1)) == 0) {
      return Optional.empty();
    }
    int amount = Integer.parseInt(match.group(1));
    return Unit.of(match.group(2)).filter(unit -> secondsMax(amount, unit) <= SECONDS_MAX)
        .map(unit -> new Span(amount, unit));
  }

  /// Whether it is the same length everywhere in the calendar.
  public boolean isExact() {
    return unit.seconds > 0;
  }

  /// The moment that lies this long before another.
  public Instant before(Instant moment) {
    return micros(plus(micros(moment), -1));
  }

  /// The moment that lies this long after another.
  public Instant after(Instant moment) {
    return micros(plus(micros(moment), 1));
  }

  long beforeMicros(long moment) {
    return plus(moment, -1);
  }

  long afterMicros(long moment) {
    return plus(moment, 1);
  }

  /// Its length; calendar units as long as they can be.
  public long secondsMax() {
    return secondsMax(amount, unit);
  }

  private static long secondsMax(int amount, Unit unit) {
    return switch (unit) {
      case MONTH -> amount * 31L * 86_400;
      case YEAR -> amount * 366L * 86_400;
      case SECOND, MINUTE, HOUR, DAY, WEEK -> amount * unit.seconds;
    };
  }

  /// The first moment whose span before it begins at `edge` or later: when something at `edge` drops out of a window.
  long leavesMicros(long edge) {
    return firstMicros(edge, -1);
  }

  /// The first moment whose span after it ends at `edge` or later.
  long reachesMicros(long edge) {
    return firstMicros(edge, 1);
  }

  /// Calendar arithmetic stands still at the end of months but never goes back, so halving finds the first moment.
  private long firstMicros(long edge, int sign) {
    long guess = plus(edge, -sign);
    if (isExact()) {
      return guess;
    }
    long low = guess - 1;
    long high = guess + 5L * Values.DAY_MICROS;
    while (high - low > 1) {
      long middle = low + (high - low) / 2;
      if (plus(middle, sign) >= edge) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  private long plus(long moment, int sign) {
    if (isExact()) {
      return moment + sign * (amount * unit.seconds * 1_000_000L);
    }
    var local = micros(moment).atOffset(ZoneOffset.UTC);
    long months = sign * (unit == Unit.YEAR ? amount * 12L : amount);
    var shifted = local.plusMonths(months);
    if (shifted.getDayOfMonth() == local.getDayOfMonth()) {
      return micros(shifted.toInstant());
    }
    return micros(shifted.truncatedTo(ChronoUnit.DAYS).plusDays(1).toInstant()) - 1;
  }

  static long micros(Instant moment) {
    return moment.getEpochSecond() * 1_000_000L + moment.getNano() / 1_000;
  }

  static Instant micros(long moment) {
    return Instant.EPOCH.plus(moment, ChronoUnit.MICROS);
  }

  @Override
  public String toString() {
    return amount + unit.letter;
  }
}
