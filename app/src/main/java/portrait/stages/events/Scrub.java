package portrait.stages.events;

import java.util.ArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Takes out of JSON what no store can keep: NUL characters, halves of surrogate pairs, and numbers beyond every range.
final class Scrub {

  private static final char REPLACEMENT = '\uFFFD';

  private Scrub() {}

  static void clean(ObjectNode object) {
    var wrongNames = new ArrayList<String>();
    object.forEachEntry((name, node) -> {
      if (isUnclean(name)) {
        wrongNames.add(name);
      }
      JsonNode cleaned = cleaned(node);
      if (cleaned != node) {
        object.set(name, cleaned);
      }
    });
    for (String name : wrongNames) {
      JsonNode node = object.remove(name);
      object.set(clean(name), node);
    }
  }

  private static JsonNode cleaned(JsonNode node) {
    switch (node) {
      case ObjectNode object -> clean(object);
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          JsonNode cleaned = cleaned(array.get(i));
          if (cleaned != array.get(i)) {
            array.set(i, cleaned);
          }
        }
      }
      default -> {
        if (node.isString() && isUnclean(node.stringValue())) {
          return EventJson.MAPPER.getNodeFactory().stringNode(clean(node.stringValue()));
        }
        if (node.isNumber() && !Double.isFinite(node.doubleValue())) {
          return EventJson.MAPPER.getNodeFactory().nullNode();
        }
      }
    }
    return node;
  }

  static String clean(String text) {
    if (!isUnclean(text)) {
      return text;
    }
    var cleaned = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
        cleaned.append(c).append(text.charAt(++i));
      } else if (Character.isSurrogate(c)) {
        cleaned.append(REPLACEMENT);
      } else if (c != 0) {
        cleaned.append(c);
      }
    }
    return cleaned.toString();
  }

  private static boolean isUnclean(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return true;
      }
    }
    return false;
  }
}
