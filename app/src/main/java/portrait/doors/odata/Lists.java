package portrait.doors.odata;

import java.util.ArrayList;
import java.util.List;

/// Parts of an option with separators between them, where parentheses and quotes keep what is inside together.
final class Lists {

  private Lists() {}

  /// @param at where it begins, in characters from 0
  record Part(String text, int at) {

    Part {
      int leading = text.length() - text.stripLeading().length();
      at += leading;
      text = text.strip();
    }

    /// Without so many characters at the end.
    Part without(int last) {
      return new Part(text.substring(0, text.length() - last), at);
    }

    /// What stands after so many characters of the text.
    Part from(int start) {
      return new Part(text.substring(start), at + start);
    }
  }

  /// @param option for messages
  static List<Part> split(String option, Part whole, char separator) {
    String text = whole.text();
    var parts = new ArrayList<Part>();
    int depth = 0;
    int start = 0;
    boolean isQuoted = false;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\'') {
        isQuoted = !isQuoted;
      } else if (!isQuoted && c == '(') {
        depth++;
      } else if (!isQuoted && c == ')') {
        depth--;
        if (depth < 0) {
          throw Mistake.at(option, whole.at() + at, "a parenthesis closes that was never opened");
        }
      } else if (!isQuoted && c == separator && depth == 0) {
        parts.add(new Part(text.substring(start, at), whole.at() + start));
        start = at + 1;
      }
    }
    if (depth > 0 || isQuoted) {
      throw Mistake.at(option, whole.at() + text.length(), isQuoted ? "a closing quote is missing"
          : "a closing parenthesis is missing");
    }
    parts.add(new Part(text.substring(start), whole.at() + start));
    return parts;
  }

  /// What stands before the parentheses at the end, and what stands in them; the second is empty without any.
  static List<Part> withParentheses(String option, Part part) {
    int open = part.text().indexOf('(');
    if (open < 0) {
      return List.of(part);
    }
    if (!part.text().endsWith(")")) {
      throw Mistake.at(option, part.at() + part.text().lastIndexOf(')') + 1,
          "a comma was expected after the parenthesis");
    }
    return List.of(new Part(part.text().substring(0, open), part.at()),
        new Part(part.text().substring(open + 1, part.text().length() - 1), part.at() + open + 1));
  }
}
