package portrait.doors.web;

import portrait.foundation.model.Problem;

/// A rule of one comparison, made of what was chosen in a form.
final class QuickRule {

  /// Before the name of an event: how long ago it was last.
  static final String EVENT = "event:";

  private QuickRule() {}

  /// @param field an attribute's name, `measure.` and a measure's, or `event:` and an event's
  /// @param is how to compare
  static String of(String field, String is, String value) {
    String quoted = quoted(value);
    if (field.startsWith(EVENT)) {
      String event = quoted(field.substring(EVENT.length()));
      if (!value.matches("[0-9]{1,5}")) {
        throw Problem.of(Problem.Code.INVALID_PARAMETER,
            "days was '%s' but must be a whole number of days".formatted(value)).asException();
      }
      return "count(%s within %sd) %s".formatted(event, value, is.equals("not_within") ? "= 0" : ">= 1");
    }
    String name = field.startsWith("measure.") ? field
        : "attribute.\"" + field.replace("\"", "\"\"") + '"';
    return switch (is) {
      case "not" -> name + " <> " + quoted;
      case "at_least" -> name + " >= " + literal(value, quoted);
      case "at_most" -> name + " <= " + literal(value, quoted);
      case "contains" -> name + " contains " + quoted + " ignore case";
      case "missing" -> name + " is null";
      default -> name + " = " + quoted;
    };
  }

  static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static String literal(String value, String quoted) {
    if (value.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
      return "date " + quoted;
    }
    if (value.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T.*")) {
      return "timestamp " + quoted;
    }
    return value.matches("-?[0-9]+([.][0-9]+)?") ? value : quoted;
  }
}
