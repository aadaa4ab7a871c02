package portrait.stages.profiles;

import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Typed attributes as JSON columns. What JSON has no type for is wrapped: `{"date": "2026-01-31"}`, `{"time": micros}`;
/// attributes are never objects otherwise.
final class AttributeJson {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private AttributeJson() {}

  static String write(Map<String, ? extends @Nullable Object> attributes) {
    ObjectNode object = MAPPER.createObjectNode();
    attributes.forEach((name, value) -> object.set(name, node(value)));
    return MAPPER.writeValueAsString(object);
  }

  static Map<String, @Nullable Object> read(String text) {
    var attributes = new TreeMap<String, @Nullable Object>();
    MAPPER.readTree(text).forEachEntry((name, node) -> attributes.put(name, value(node)));
    return attributes;
  }

  static String writeTimes(Map<String, Instant> times) {
    if (times.isEmpty()) {
      return "{}";
    }
    ObjectNode object = MAPPER.createObjectNode();
    new TreeMap<>(times).forEach((name, at) -> object.put(name, micros(at)));
    return MAPPER.writeValueAsString(object);
  }

  static Map<String, Instant> readTimes(String text) {
    var times = new TreeMap<String, Instant>();
    if (!text.equals("{}")) {
      MAPPER.readTree(text).forEachEntry((name, node) -> times.put(name, moment(node.longValue())));
    }
    return times;
  }

  /// A document: `{"city": ["Lyon", "shop.contacts", micros or null]}`.
  static String write(Document document) {
    ObjectNode object = MAPPER.createObjectNode();
    document.attributes().forEach((name, value) -> {
      ArrayNode parts = object.putArray(name).add(node(value.value())).add(value.source());
      Instant at = value.at();
      parts.add(at == null ? NODES.nullNode() : NODES.numberNode(micros(at)));
    });
    return MAPPER.writeValueAsString(object);
  }

  static Document readDocument(String text) {
    SortedMap<String, Document.Value> attributes = new TreeMap<>();
    MAPPER.readTree(text).forEachEntry((name, parts) -> attributes.put(name,
        new Document.Value(Objects.requireNonNull(value(parts.get(0))), parts.get(1).stringValue(),
            parts.get(2).isNull() ? null : moment(parts.get(2).longValue()))));
    return new Document(attributes);
  }

  private static JsonNode node(@Nullable Object value) {
    return switch (value) {
      case null -> NODES.nullNode();
      case String text -> NODES.stringNode(text);
      case Long number -> NODES.numberNode(number);
      case Integer number -> NODES.numberNode(number.longValue());
      case Double number -> NODES.numberNode(number);
      case Boolean answer -> NODES.booleanNode(answer);
      case LocalDate day -> NODES.objectNode().put("date", day.toString());
      case Instant moment -> NODES.objectNode().put("time", micros(moment));
      case JsonNode json -> json;
      default -> throw new IllegalArgumentException("an attribute cannot be a " + value.getClass().getName());
    };
  }

  private static @Nullable Object value(JsonNode node) {
    if (node.isNull()) {
      return null;
    }
    if (node.isString()) {
      return node.stringValue();
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isIntegralNumber()) {
      return node.longValue();
    }
    if (node.isNumber()) {
      return node.doubleValue();
    }
    if (node.isArray()) {
      return node;
    }
    JsonNode day = node.get("date");
    return day != null ? LocalDate.parse(day.stringValue()) : moment(node.get("time").longValue());
  }

  private static long micros(Instant moment) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, moment);
  }

  private static Instant moment(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
