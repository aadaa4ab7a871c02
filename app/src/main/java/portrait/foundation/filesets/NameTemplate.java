package portrait.foundation.filesets;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import portrait.foundation.model.Problem;

/// A name with parts to fill in: `customers/{yyyy}/{MM}/{dd}`.
public final class NameTemplate {

  private static final Pattern PART = Pattern.compile("\\{([A-Za-z]+)}");
  private static final Pattern LITERAL = Pattern.compile("[\\p{L}\\p{N} ._=+/-]*");

  private final String text;

  private NameTemplate(String text) {
    this.text = text;
  }

  /// @param setting how the setting is called that has it
  /// @throws portrait.foundation.model.ProblemException `invalid_definition` for a part that is not known, or a sign that
  ///         not every storage takes in a name
  public static NameTemplate of(String setting, String text, Set<String> known) {
    var unknown = new TreeSet<String>();
    PART.matcher(text).results().map(found -> found.group(1)).filter(name -> !known.contains(name))
        .forEach(unknown::add);
    if (!unknown.isEmpty()) {
      throw wrong(setting, text, "names {%s}, which is not known; known are %s".formatted(
          String.join("}, {", unknown), String.join(" ", new TreeSet<>(known).stream().map("{%s}"::formatted)
              .toList())));
    }
    String literal = PART.matcher(text).replaceAll("");
    if (!LITERAL.matcher(literal).matches()) {
      throw wrong(setting, text, "may have letters, digits, blanks and . _ = + - / beside its parts in braces");
    }
    if (Pattern.compile("(^|/)(\\.{0,2})(/|$)").matcher(text).find()) {
      throw wrong(setting, text, "must have no empty part, '.' or '..' between its slashes");
    }
    return new NameTemplate(text);
  }

  private static RuntimeException wrong(String setting, String text, String rule) {
    return Problem.of(Problem.Code.INVALID_DEFINITION, "%s was '%s': it %s".formatted(setting, text, rule))
        .asException();
  }

  boolean has(String part) {
    return text.contains("{" + part + "}");
  }

  String filled(Map<String, String> values) {
    return PART.matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(values.getOrDefault(found.group(1), "")));
  }

  @Override
  public String toString() {
    return text;
  }
}
