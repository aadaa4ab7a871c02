package portrait.foundation.expressions;

import java.util.ArrayList;
import java.util.List;
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
    var node = at(properties, path);
    return node == null ? null : scalar(node);
  }

  /// The items of a list at a path; of any other value that one; null for objects, JSON null and what is not there.
  public static @Nullable List<@Nullable Object> items(JsonNode properties, String path) {
    var node = at(properties, path);
    return node == null ? null : items(node);
  }

  /// The items of a list; of any other value that one; null for objects and JSON null. Items that are no value are null.
  public static @Nullable List<@Nullable Object> items(JsonNode node) {
    if (!node.isArray()) {
      Object value = scalar(node);
      return value == null ? null : List.of(value);
    }
    var items = new ArrayList<@Nullable Object>(node.size());
    node.forEach(item -> items.add(scalar(item)));
    return items;
  }

  private static @Nullable JsonNode at(JsonNode properties, String path) {
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
    return node;
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

  /// Text, a whole number, a floating point number or a boolean; null for everything else.
  public static @Nullable Object scalar(JsonNode node) {
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
