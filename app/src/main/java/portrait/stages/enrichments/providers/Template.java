package portrait.stages.enrichments.providers;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A text with names in braces: `/v1/companies?domain={domain}`.
record Template(String text) {

  private static final Pattern NAME = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}");

  static List<String> names(Template... templates) {
    return Stream.of(templates).flatMap(template -> NAME.matcher(template.text).results())
        .map(found -> found.group(1)).distinct().sorted().toList();
  }

  /// @param written how a value is written where the text goes, so that it is a value there and nothing else
  String filled(Map<String, String> values, UnaryOperator<String> written) {
    return NAME.matcher(text).replaceAll(found -> Matcher.quoteReplacement(
        written.apply(values.getOrDefault(found.group(1), ""))));
  }
}
