package portrait.foundation.expressions;

import java.util.ArrayList;
import java.util.List;

/// A word of an expression's text.
///
/// @param column where it begins, counted from 1
record Token(Kind kind, String text, int column) {

  enum Kind {
    NAME, QUOTED_NAME, TEXT, NUMBER, SIGN, END
  }

  boolean isWord(String word) {
    return kind == Kind.NAME && text.equalsIgnoreCase(word);
  }

  boolean isSign(String sign) {
    return kind == Kind.SIGN && text.equals(sign);
  }

  String shown() {
    return kind == Kind.END ? "the end" : "'" + text + "'";
  }

  /// Cuts a text into words; the last one is the end.
  static List<Token> of(String text) {
    var tokens = new ArrayList<Token>();
    int at = 0;
    while (true) {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      if (at == text.length()) {
        tokens.add(new Token(Kind.END, "", at + 1));
        return tokens;
      }
      int from = at;
      char c = text.charAt(at);
      if (c == '\'' || c == '"') {
        var quoted = new StringBuilder();
        at = closing(text, from, c, quoted);
        tokens.add(new Token(c == '"' ? Kind.QUOTED_NAME : Kind.TEXT, quoted.toString(), from + 1));
      } else if (isLetter(c)) {
        while (at < text.length() && (isLetter(text.charAt(at)) || isDigit(text.charAt(at)))) {
          at++;
        }
        tokens.add(new Token(Kind.NAME, text.substring(from, at), from + 1));
      } else if (isDigit(c) || c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1))) {
        at = number(text, from);
        tokens.add(new Token(Kind.NUMBER, text.substring(from, at), from + 1));
      } else {
        at = Math.min(text.length(), from + 2);
        if (!List.of("<>", "<=", ">=", "!=").contains(text.substring(from, at))) {
          at = from + 1;
        }
        tokens.add(new Token(Kind.SIGN, text.substring(from, at), from + 1));
      }
    }
  }

  /// The place after a quote that is closed; a doubled quote stands for itself.
  private static int closing(String text, int from, char quote, StringBuilder quoted) {
    int at = from + 1;
    while (true) {
      int end = text.indexOf(quote, at);
      if (end < 0) {
        throw new Mistake("column %d: the quote %s is not closed".formatted(from + 1, quote));
      }
      quoted.append(text, at, end);
      if (end + 1 >= text.length() || text.charAt(end + 1) != quote) {
        return end + 1;
      }
      quoted.append(quote);
      at = end + 2;
    }
  }

  private static int number(String text, int from) {
    int at = digits(text, from);
    if (at + 1 < text.length() && text.charAt(at) == '.' && isDigit(text.charAt(at + 1))) {
      at = digits(text, at + 1);
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      int sign = at + 1 < text.length() && "+-".indexOf(text.charAt(at + 1)) >= 0 ? 1 : 0;
      int end = digits(text, at + 1 + sign);
      at = end > at + 1 + sign ? end : at;
    }
    return at;
  }

  private static int digits(String text, int from) {
    int at = Math.min(from, text.length());
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isLetter(char c) {
    return Character.isLetter(c) || c == '_';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
