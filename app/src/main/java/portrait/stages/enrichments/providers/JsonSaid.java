package portrait.stages.enrichments.providers;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.stages.enrichments.providers.Asking.Said;
import tools.jackson.databind.JsonNode;

/// A JSON document as an answer: `company.employees.exact`, `results.0.name`. Lists of plain values are one text.
record JsonSaid(JsonNode document) implements Said {

  private static final String BETWEEN = "; ";

  @Override
  public @Nullable Object at(String path) {
    var node = document;
    for (String step : path.split("\\.", -1)) {
      node = node.isArray() && step.matches("[0-9]{1,6}") ? node.path(Integer.parseInt(step)) : node.path(step);
    }
    return value(node);
  }

  private static @Nullable Object value(JsonNode node) {
    if (node.isString()) {
      return node.asString().isBlank() ? null : node.asString();
    }
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.asLong();
    }
    if (node.isNumber()) {
      return node.asDouble();
    }
    if (node.isBoolean()) {
      return node.asBoolean();
    }
    if (node.isArray()) {
      String joined = node.valueStream().filter(JsonNode::isValueNode).map(JsonNode::asString)
          .collect(Collectors.joining(BETWEEN));
      return joined.isBlank() ? null : joined;
    }
    return node.isObject() && !node.isEmpty() ? node.toString() : null;
  }
}
