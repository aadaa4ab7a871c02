package portrait.stages.unification;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;

/// What is done to both values before they are compared. The stored values stay as they are. Several are applied in the
/// order in which they are listed here.
public enum Normalisation {
  /** Digits of other scripts, circled and Roman numeral characters become plain digits. */
  NUMERALS,
  /** Accents are dropped and look-alike letters become base letters. */
  ASCII,
  /** Digits only, in one spelling of country codes and without extension. */
  PHONE,
  /** Capital letters become small ones. */
  LOWERCASE,
  /** Short and familiar first names become full ones, titles are dropped. */
  NAME,
  /** Common words of addresses become short forms. */
  ADDRESS,
  /** Legal forms and other noise in company names are dropped. */
  ORGANIZATION,
  /** Punctuation and special characters are dropped. */
  SYMBOLS,
  /** White space is dropped. */
  WHITESPACE,
  /** Values of the alias list become the value they stand for. */
  ALIAS,
  /** Values of the bypass list match nothing. */
  BYPASS;

  /// Letters that no decomposition of Unicode leads to their base letter, and what is written for them: Latin letters
  /// with strokes, and letters of Greek and Cyrillic that look like Latin ones.
  private static final String LOOK_ALIKES = "øØłŁđĐðÐħĦıŧŦ’‘“”–—‐АВЕЅІЈКМНОРСТХУаеѕіјорсхуΑΒΕΖΗΙΚΜΝΟΡΤΥΧο";
  private static final String BASE_LETTERS = "oOlLdDdDhHitT''\"\"---ABESIJKMHOPCTXYaesijopcxyABEZHIKMNOPTYXo";
  private static final String[] EXTENSIONS = {"ext", "x", "#", "durchwahl", "poste"};

  /// The normalisation as it is written in definitions.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Normalisation> of(String text) {
    for (var normalisation : values()) {
      if (normalisation.text().equals(text)) {
        return Optional.of(normalisation);
      }
    }
    return Optional.empty();
  }

  /// The normalised value. Lists that people keep are looked up in [Vocabulary], not here.
  String applied(String value) {
    return switch (this) {
      case NUMERALS -> numerals(value);
      case ASCII -> ascii(value);
      case PHONE -> phone(value);
      case LOWERCASE -> value.toLowerCase(Locale.ROOT);
      case NAME -> Words.NAMES.in(value);
      case ADDRESS -> streets(Words.ADDRESSES.in(value));
      case ORGANIZATION -> Words.ORGANIZATIONS.in(value);
      case SYMBOLS -> kept(value, Normalisation::isLetterOrSpace);
      case WHITESPACE -> kept(value, code -> !isSpace(code));
      case ALIAS, BYPASS -> value;
    };
  }

  private static String numerals(String value) {
    if (isPlain(value)) {
      return value;
    }
    var digits = new StringBuilder(value.length());
    value.codePoints().forEach(code -> {
      int type = Character.getType(code);
      boolean isNumeral = type == Character.DECIMAL_DIGIT_NUMBER || type == Character.LETTER_NUMBER
          || type == Character.OTHER_NUMBER;
      int number = isNumeral ? Character.getNumericValue(code) : -1;
      if (number >= 0) {
        digits.append(number);
      } else {
        digits.appendCodePoint(code);
      }
    });
    return digits.toString();
  }

  private static String ascii(String value) {
    if (isPlain(value)) {
      return value;
    }
    var letters = new StringBuilder(value.length() + 4);
    Normalizer.normalize(value, Normalizer.Form.NFKD).codePoints().forEach(code -> {
      int place = LOOK_ALIKES.indexOf(code);
      if (place >= 0) {
        letters.append(BASE_LETTERS.charAt(place));
        return;
      }
      switch (code) {
        case 'ß' -> letters.append("ss");
        case 'æ' -> letters.append("ae");
        case 'Æ' -> letters.append("AE");
        case 'œ' -> letters.append("oe");
        case 'Œ' -> letters.append("OE");
        case 'þ' -> letters.append("th");
        case 'Þ' -> letters.append("Th");
        default -> {
          if (Character.getType(code) != Character.NON_SPACING_MARK) {
            letters.appendCodePoint(code);
          }
        }
      }
    });
    return letters.toString();
  }

  /// `+49 (0)30 …` and `0049 30 …` are one number; `030 …` without country is never the same as one with it.
  private static String phone(String value) {
    String number = value.toLowerCase(Locale.ROOT);
    for (String extension : EXTENSIONS) {
      int at = number.indexOf(extension);
      if (at >= 0) {
        number = number.substring(0, at);
      }
    }
    number = number.replace("(0)", "").strip();
    var digits = new StringBuilder(number.length());
    for (int place = 0; place < number.length(); place++) {
      char letter = number.charAt(place);
      if (letter >= '0' && letter <= '9' || letter == '+' && digits.isEmpty()) {
        digits.append(letter);
      }
    }
    if (digits.length() > 2 && digits.charAt(0) == '0' && digits.charAt(1) == '0') {
      digits.replace(0, 2, "+");
    }
    return digits.length() == 1 && digits.charAt(0) == '+' ? "" : digits.toString();
  }

  /// German writes the street into one word: `Hauptstraße`, `Hauptstr.`
  private static String streets(String value) {
    var shortened = new StringBuilder(value.length());
    for (String word : value.split(" ", -1)) {
      String lower = word.toLowerCase(Locale.ROOT);
      int cut = lower.length() > 7 && (lower.endsWith("strasse") || lower.endsWith("straße"))
          ? word.length() - (lower.endsWith("straße") ? 6 : 7) + 3
          : lower.length() > 4 && lower.endsWith("str.") ? word.length() - 1 : word.length();
      shortened.append(shortened.isEmpty() ? "" : " ").append(word, 0, cut);
    }
    return shortened.toString();
  }

  private static String kept(String value, IntPredicate isKept) {
    for (int place = 0; place < value.length();) {
      int code = value.codePointAt(place);
      if (!isKept.test(code)) {
        var kept = new StringBuilder(value.length()).append(value, 0, place);
        value.codePoints().skip(value.codePointCount(0, place)).filter(isKept).forEach(kept::appendCodePoint);
        return kept.toString();
      }
      place += Character.charCount(code);
    }
    return value;
  }

  private static boolean isLetterOrSpace(int code) {
    if (Character.isLetterOrDigit(code) || isSpace(code)) {
      return true;
    }
    int type = Character.getType(code);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK || type == Character.LETTER_NUMBER || type == Character.OTHER_NUMBER;
  }

  private static boolean isSpace(int code) {
    return Character.isWhitespace(code) || Character.isSpaceChar(code) || code == 0x200B;
  }

  private static boolean isPlain(String value) {
    for (int place = 0; place < value.length(); place++) {
      if (value.charAt(place) > 0x7f) {
        return false;
      }
    }
    return true;
  }
}
