package portrait.foundation.expressions;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// How the properties of an event are read, so that the live evaluator sees what the SQL sees.
public final class EventProperties {

  private EventProperties() {}

  /// The value at a path: text, a whole number, a floating point number or a boolean. Objects, lists, JSON null and
  /// what is not there are null.
  ///
  /// @param path keys with dots between them; a number picks from a list
  public static @Nullable Object value(JsonNode properties, String path) {
    JsonNode node = properties;
    for (int from = 0; from <= path.length();) {
      int dot = path.indexOf('.', from);
      int to = dot < 0 ? path.length() : dot;
      node = child(node, path.substring(from, to));
      if (node == null) {
        return null;
      }
      from = to + 1;
    }
    return scalar(node);
  }

  private static @Nullable JsonNode child(JsonNode node, String key) {
    if (node.isArray()) {
      return isIndex(key) ? node.get(Integer.parseInt(key)) : null;
    }
    return node.get(key);
  }

  private static boolean isIndex(String key) {
    return !key.isEmpty() && key.length() <= 9 && key.chars().allMatch(c -> c >= '0' && c <= '9')
        && (key.length() == 1 || key.charAt(0) != '0');
  }

  private static @Nullable Object scalar(JsonNode node) {
    if (node.isString()) {
      return node.stringValue();
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isNumber()) {
      if (node.isIntegralNumber() && node.canConvertToLong()) {
        return node.longValue();
      }
      double number = node.doubleValue();
      return Double.isFinite(number) ? number : null;
    }
    return null;
  }
}
