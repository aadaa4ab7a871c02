package portrait.doors.web;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.math.RoundingMode;
import java.text.MessageFormat;
import java.text.NumberFormat;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The words of the pages in one language, and numbers and times as its people write them. Times are UTC.
public final class Messages {

  /// The languages there are words for; the first is for those who speak none of them.
  static final List<Locale> LANGUAGES = List.of(Locale.ENGLISH, Locale.FRENCH);
  /** Characters that fit into the narrowest column. */
  private static final int PART_MAX = 16;

  private static final double SHARE_SHOWN_MIN = 0.01;

  private final Locale locale;
  private final Locale numbers;
  private final Clock clock;
  private final Properties words;

  Messages(Locale locale, Clock clock) {
    this(locale, locale, clock, new Properties());
    String file = locale.equals(Locale.ENGLISH) ? "messages.properties"
        : "messages_" + locale.getLanguage() + ".properties";
    try (var stream = Objects.requireNonNull(Messages.class.getResourceAsStream(file), file)) {
      words.load(new InputStreamReader(stream, StandardCharsets.UTF_8));
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read " + file, unreadable);
    }
  }

  private Messages(Locale locale, Locale numbers, Clock clock, Properties words) {
    this.locale = locale;
    this.numbers = numbers;
    this.clock = clock;
    this.words = words;
  }

  /// The same words, with numbers as people write them elsewhere.
  Messages withNumbers(Locale elsewhere) {
    return new Messages(locale, elsewhere, clock, words);
  }

  /// How numbers are written, for scripts: `de-CH`.
  public String numbers() {
    return numbers.toLanguageTag();
  }

  /// The words for `key`, with `{0}`, `{1}` … filled in.
  public String of(String key, Object... values) {
    String pattern = words.getProperty(key);
    if (pattern == null) {
      throw new IllegalArgumentException("there are no words in %s for %s".formatted(language(), key));
    }
    return new MessageFormat(pattern, numbers).format(values);
  }

  /// The words for `key` if there are any, else `otherwise`: for names that people give and that have a common meaning.
  public String orElse(String key, String otherwise) {
    return words.containsKey(key) ? of(key) : otherwise;
  }

  public String language() {
    return locale.getLanguage();
  }

  /// A probability, never rounded up to certainty.
  public String likelihood(double probability) {
    var format = NumberFormat.getPercentInstance(numbers);
    format.setMaximumFractionDigits(probability > 0.99 ? 2 : 0);
    format.setRoundingMode(RoundingMode.DOWN);
    return format.format(probability);
  }

  /// How much something speaks for a match, with its sign.
  public String bits(double bits) {
    var format = NumberFormat.getNumberInstance(numbers);
    format.setMinimumFractionDigits(1);
    format.setMaximumFractionDigits(1);
    return (bits < 0 ? "−" : "+") + format.format(Math.abs(bits));
  }

  public String number(long number) {
    return NumberFormat.getIntegerInstance(numbers).format(number);
  }

  /// How many more, or fewer: `+12`, `−3`, `±0`.
  public String change(long change) {
    return (change == 0 ? "±" : change < 0 ? "−" : "+") + number(Math.abs(change));
  }

  /// Nobody is told that a few are none: a small share that is not nothing is "under 1 %".
  public String share(long part, long whole) {
    double share = whole == 0 ? 0 : (double) part / whole;
    var format = NumberFormat.getPercentInstance(numbers);
    return share > 0 && share < SHARE_SHOWN_MIN ? of("value.under", format.format(SHARE_SHOWN_MIN))
        : format.format(share);
  }

  public String day(Instant at) {
    return day(LocalDate.ofInstant(at, ZoneOffset.UTC));
  }

  public String day(LocalDate day) {
    return DateTimeFormatter.ofPattern("d MMM yyyy", locale).format(day);
  }

  /// `7 Mar`: where the year is clear.
  public String shortDay(LocalDate day) {
    return DateTimeFormatter.ofPattern("d MMM", locale).format(day);
  }

  public String month(Instant at) {
    return DateTimeFormatter.ofPattern("LLLL yyyy", locale).withZone(ZoneOffset.UTC).format(at);
  }

  /// `Mar 2026`: short enough for a chart.
  public String month(YearMonth month) {
    return DateTimeFormatter.ofPattern("LLL yyyy", locale).format(month);
  }

  public String moment(Instant at) {
    return DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm", locale).withZone(ZoneOffset.UTC).format(at);
  }

  /// `7 Mar, 14:05`: inside a month's heading.
  public String dayAndTime(Instant at) {
    return DateTimeFormatter.ofPattern("d MMM, HH:mm", locale).withZone(ZoneOffset.UTC).format(at);
  }

  /// How long ago, roughly; a date once it is more than a month.
  public String ago(Instant at) {
    long seconds = Duration.between(at, clock.instant()).toSeconds();
    if (seconds < 60) {
      return of("ago.now");
    }
    if (seconds < 3600) {
      return of("ago.minutes", seconds / 60);
    }
    if (seconds < 86_400) {
      return of("ago.hours", seconds / 3600);
    }
    return seconds < 30 * 86_400L ? of("ago.days", seconds / 86_400) : day(at);
  }

  public String length(Duration duration) {
    if (duration.toMillis() < 10_000) {
      return of("length.seconds", duration.toMillis() / 1000.0);
    }
    return duration.toMinutes() < 1 ? of("length.seconds", duration.toSeconds())
        : of("length.minutes", duration.toMinutes(), duration.toSecondsPart());
  }

  /// A value of an attribute, a measure or a cell, as text.
  public String value(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case Integer number -> number(number);
      case Long number -> number(number);
      case Number number -> decimal(number.doubleValue());
      case Boolean answer -> of(answer ? "value.yes" : "value.no");
      case LocalDate day -> day(day);
      case Instant at -> moment(at);
      case Object other -> other.toString();
    };
  }

  /// A value as it lies in a table: numbers without grouping, times as they are written in files.
  public String plain(@Nullable Object value) {
    return cell(value);
  }

  String cell(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  private String decimal(double number) {
    var format = NumberFormat.getNumberInstance(numbers);
    format.setMaximumFractionDigits(2);
    format.setMinimumFractionDigits(number == Math.rint(number) ? 0 : 2);
    return format.format(number);
  }

  /// Where a text may go on in the next line: an address after its `@`, what is long in itself before its dots, never
  /// inside a word.
  public static List<String> parts(String text) {
    return Stream.of(text.split("(?<=[@/:_])"))
        .flatMap(part -> part.length() <= PART_MAX ? Stream.of(part) : Stream.of(part.split("(?=[.][a-zA-Z])")))
        .toList();
  }

  /// Turns `lifetime_revenue` or `FirstName` into `Lifetime revenue`, `First name`.
  public static String label(String name) {
    String words = name.replace('_', ' ').replaceAll("(?<=[a-z])(?=[A-Z])", " ").strip();
    return words.isEmpty() ? name
        : Character.toUpperCase(words.charAt(0)) + words.substring(1).toLowerCase(Locale.ROOT);
  }

  /// As it starts a sentence: messages of problems start in lower case, because programs put words before them.
  public String sentence(String message) {
    return message.isEmpty() ? message
        : message.substring(0, message.offsetByCodePoints(0, 1)).toUpperCase(locale)
            + message.substring(message.offsetByCodePoints(0, 1));
  }

  /// The pattern behind `key`, as it is written.
  String pattern(String key) {
    return words.getProperty(key);
  }

  Set<String> keys() {
    return words.stringPropertyNames();
  }
}
