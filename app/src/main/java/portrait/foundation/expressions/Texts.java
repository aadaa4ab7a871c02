package portrait.foundation.expressions;

/// Text as the warehouse sees it: a row of Unicode characters, compared one by one, without language or locale.
final class Texts {

  private Texts() {}

  static int compare(String one, String other) {
    int length = Math.min(one.length(), other.length());
    for (int i = 0; i < length; i++) {
      char a = one.charAt(i);
      char b = other.charAt(i);
      if (a != b) {
        // Halves of characters beyond U+FFFF sort above everything else, as they do in UTF-8.
        boolean isHalf = Character.isSurrogate(a);
        return isHalf == Character.isSurrogate(b) ? a - b : isHalf ? 1 : -1;
      }
    }
    return one.length() - other.length();
  }

  static String lower(String text) {
    return mapped(text, false);
  }

  static String upper(String text) {
    return mapped(text, true);
  }

  private static String mapped(String text, boolean isUpper) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 127 || (isUpper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z')) {
        return characterwise(text, isUpper);
      }
    }
    return text;
  }

  /// Character by character: String's own methods know languages and may change the length.
  private static String characterwise(String text, boolean isUpper) {
    var mapped = new StringBuilder(text.length());
    text.codePoints().forEach(
        c -> mapped.appendCodePoint(isUpper ? c == 'ß' ? 'ẞ' : Character.toUpperCase(c) : Character.toLowerCase(c)));
    return mapped.toString();
  }

  static String trimmed(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && text.charAt(from) == ' ') {
      from++;
    }
    while (to > from && text.charAt(to - 1) == ' ') {
      to--;
    }
    return text.substring(from, to);
  }

  /// Some characters, as far as there are so many.
  static String part(String text, int from, int length) {
    int all = text.codePointCount(0, text.length());
    int start = Math.min(from, all);
    int end = (int) Math.min((long) start + length, all);
    return text.substring(text.offsetByCodePoints(0, start), text.offsetByCodePoints(0, end));
  }

  /// Counted in characters; -1 when it is not found.
  static int indexOf(String text, String sought) {
    int place = text.indexOf(sought);
    return place < 0 ? -1 : text.codePointCount(0, place);
  }

  static long length(String text) {
    return text.codePointCount(0, text.length());
  }

  /// Whether one place in a hierarchy lies below another: `Shoes/Boots` below `Shoes`.
  static boolean isBelow(String place, String other) {
    return place.length() > other.length() + 1 && place.charAt(other.length()) == '/' && place.startsWith(other);
  }

  /// `%` is any text, `_` one character. Goes back only to the last `%`, so it takes length times length at most.
  static boolean like(String text, String pattern) {
    int t = 0;
    int p = 0;
    int retryText = -1;
    int retryPattern = -1;
    while (t < text.length()) {
      char wanted = p < pattern.length() ? pattern.charAt(p) : 0;
      if (p < pattern.length() && wanted == '%') {
        retryPattern = ++p;
        retryText = t;
      } else if (p < pattern.length() && wanted == '_') {
        t += Character.charCount(text.codePointAt(t));
        p++;
      } else if (p < pattern.length() && wanted == text.charAt(t)) {
        t++;
        p++;
      } else if (retryPattern >= 0) {
        retryText += Character.charCount(text.codePointAt(retryText));
        t = retryText;
        p = retryPattern;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '%') {
      p++;
    }
    return p == pattern.length();
  }
}
