package portrait.stages.profiles;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// JSON values as attributes.
final class Traits {

  private Traits() {}

  static Map<String, @Nullable Object> attributes(ObjectNode traits) {
    var attributes = new TreeMap<String, @Nullable Object>();
    collect("", traits, attributes);
    return attributes;
  }

  private static void collect(String prefix, JsonNode object, Map<String, @Nullable Object> into) {
    object.forEachEntry((key, node) -> {
      if (key.isBlank()) {
        return;
      }
      String name = prefix + key;
      if (node.isObject()) {
        collect(name + ".", node, into);
      } else {
        into.put(name, value(node));
      }
    });
  }

  private static @Nullable Object value(JsonNode node) {
    if (node.isNull()) {
      return null;
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.longValue();
    }
    if (node.isNumber()) {
      return node.doubleValue();
    }
    return node.isString() ? node.stringValue() : node;
  }
}
