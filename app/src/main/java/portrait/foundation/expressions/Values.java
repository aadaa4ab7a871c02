package portrait.foundation.expressions;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How a value of any type is read as the type that is wanted. These rules stand twice: here, and as SQL in
/// [Dialect]; docs/reference/expressions.md states them, and the differential test holds them together.
///
/// Missing is null for text and boolean, NaN for numbers, [#NO_TIME] for dates (days since 1970) and timestamps
/// (microseconds since 1970), so that nothing is boxed on the way.
final class Values {

  static final long NO_TIME = Long.MIN_VALUE;
  static final long DAY_MICROS = 86_400_000_000L;
  static final String NUMBER_PATTERN = "[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?";
  static final String DATE_PATTERN = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
  static final String LOCAL_PATTERN = DATE_PATTERN + "[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?";
  static final String OFFSET_PATTERN = "(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])";

  private static final Pattern NUMBER = Pattern.compile(NUMBER_PATTERN);
  private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
      .withZone(ZoneOffset.UTC);

  private Values() {}

  static double number(@Nullable Object value) {
    return switch (value) {
      case Long number -> number.doubleValue();
      case Integer number -> number.doubleValue();
      case Double number -> finite(number);
      case String text -> number(text);
      case null -> Double.NaN;
      default -> Double.NaN;
    };
  }

  static double number(String text) {
    if (text.isEmpty() || text.charAt(0) > '9' || !NUMBER.matcher(text).matches()) {
      return Double.NaN;
    }
    return finite(Double.parseDouble(text));
  }

  static double finite(double number) {
    return Double.isFinite(number) ? number : Double.NaN;
  }

  static @Nullable String text(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case String text -> text;
      case Long number -> number.toString();
      case Integer number -> number.toString();
      case Double number -> Double.isFinite(number) ? text((double) number) : null;
      case Boolean answer -> answer.toString();
      case LocalDate day -> day.toString();
      case Instant moment -> momentText(Span.micros(moment));
      default -> throw new IllegalArgumentException("no value of an expression: " + value.getClass().getName());
    };
  }

  /// The fewest digits that read back as the same number; whole numbers below 10^15 without a fraction.
  static String text(double number) {
    if (number == Math.rint(number) && Math.abs(number) < 1e15) {
      return Long.toString((long) number);
    }
    var shortest = new BigDecimal(Double.toString(Math.abs(number))).stripTrailingZeros();
    String digits = shortest.unscaledValue().toString();
    int exponent = digits.length() - shortest.scale() - 1;
    String sign = number < 0 ? "-" : "";
    if (exponent >= -4 && exponent < 16) {
      return sign + shortest.toPlainString() + (shortest.scale() <= 0 ? ".0" : "");
    }
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return "%s%se%s%02d".formatted(sign, mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  static String dayText(long day) {
    return LocalDate.ofEpochDay(day).toString();
  }

  static String momentText(long micros) {
    return MOMENT.format(Span.micros(micros));
  }

  static @Nullable Boolean truth(@Nullable Object value) {
    return switch (value) {
      case Boolean answer -> answer;
      case String text when text.length() == 4 && Texts.lower(text).equals("true") -> true;
      case String text when text.length() == 5 && Texts.lower(text).equals("false") -> false;
      case null -> null;
      default -> null;
    };
  }

  /// The calendar day; of a moment, the day it belongs to in the zone.
  static long day(@Nullable Object value, ZoneId zone) {
    return switch (value) {
      case LocalDate day -> day.toEpochDay();
      case Instant moment -> dayOf(Span.micros(moment), zone);
      case String text when isDate(text) -> dayOf(text);
      case String text -> dayOf(moment(text), zone);
      case null -> NO_TIME;
      default -> NO_TIME;
    };
  }

  /// The moment; of a day, when it begins in the zone.
  static long moment(@Nullable Object value, ZoneId zone) {
    return switch (value) {
      case Instant moment -> Span.micros(moment);
      case LocalDate day -> begin(day.toEpochDay(), zone);
      case String text when isDate(text) -> begin(dayOf(text), zone);
      case String text -> moment(text);
      case null -> NO_TIME;
      default -> NO_TIME;
    };
  }

  static long dayOf(long moment, ZoneId zone) {
    if (moment == NO_TIME) {
      return NO_TIME;
    }
    return zone == ZoneOffset.UTC ? Math.floorDiv(moment, DAY_MICROS)
        : LocalDate.ofInstant(Span.micros(moment), zone).toEpochDay();
  }

  static long begin(long day, ZoneId zone) {
    if (day == NO_TIME) {
      return NO_TIME;
    }
    return zone == ZoneOffset.UTC ? day * DAY_MICROS
        : Span.micros(LocalDate.ofEpochDay(day).atTime(LocalTime.MIDNIGHT).atZone(zone).withLaterOffsetAtOverlap()
            .toInstant());
  }

  private static boolean isDate(String text) {
    return text.length() == 10;
  }

  private static long dayOf(String text) {
    if (!isDigits(text, 0, 4) || text.charAt(4) != '-' || !isDigits(text, 5, 7) || text.charAt(7) != '-'
        || !isDigits(text, 8, 10)) {
      return NO_TIME;
    }
    try {
      return LocalDate.of(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)).toEpochDay();
    } catch (DateTimeException impossible) {
      return NO_TIME;
    }
  }

  /// `yyyy-MM-dd`, `T` or a space, `HH:mm`, and optionally seconds, a fraction and an offset; UTC without one.
  private static long moment(String text) {
    if (text.length() < 16 || text.length() > 36) {
      return NO_TIME;
    }
    long day = dayOf(text.substring(0, 10));
    if (day == NO_TIME || text.charAt(10) != 'T' && text.charAt(10) != ' ') {
      return NO_TIME;
    }
    int end = 16;
    while (end < text.length()
        && (text.charAt(end) == ':' || text.charAt(end) == '.' || isDigits(text, end, end + 1))) {
      end++;
    }
    String offset = text.substring(end);
    try {
      var local = LocalDateTime.parse(text.substring(0, 10) + "T" + text.substring(11, end));
      if (offset.isEmpty() || offset.equals("Z")) {
        return Span.micros(local.toInstant(ZoneOffset.UTC));
      }
      if (offset.length() != 6 || offset.charAt(3) != ':' || !isDigits(offset, 1, 3) || digits(offset, 1, 3) > 14) {
        return NO_TIME;
      }
      return Span.micros(local.toInstant(ZoneOffset.of(offset)));
    } catch (DateTimeException impossible) {
      return NO_TIME;
    }
  }

  private static boolean isDigits(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static int digits(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = number * 10 + text.charAt(i) - '0';
    }
    return number;
  }
}
