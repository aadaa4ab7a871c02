package portrait.stages.exports.destinations;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Values of customers as JSON.
final class Values {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Values() {}

  /// A customer on the way out, as programs are told.
  static ObjectNode customer(OutRow row) {
    var customer = NODES.objectNode().put("customerId", row.customer().toString()).put("change", row.change().text());
    row.segments().forEach(customer.putArray("segments")::add);
    var values = customer.putObject("values");
    row.values().forEach((column, value) -> values.set(column, json(value)));
    row.changed().stream().sorted().forEach(customer.putArray("changed")::add);
    return customer;
  }

  static JsonNode json(@Nullable Object value) {
    return switch (value) {
      case null -> NODES.nullNode();
      case String text -> NODES.stringNode(text);
      case Boolean answer -> NODES.booleanNode(answer);
      case Integer number -> NODES.numberNode(number);
      case Long number -> NODES.numberNode(number);
      case Double number -> NODES.numberNode(number);
      case BigDecimal number -> NODES.numberNode(number);
      case List<?> several -> JsonMapper.shared().valueToTree(several);
      case JsonNode already -> already;
      default -> NODES.stringNode(value.toString());
    };
  }
}
