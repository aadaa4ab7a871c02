package portrait.stages.events;

import java.util.ArrayList;
import java.util.List;
import portrait.foundation.model.Identity;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Events as JSON: the limits within which text from outside is read, and the columns that hold JSON.
final class EventJson {

  /** Deeper than any honest message; stops a stack from being exhausted. */
  private static final int DEPTH_MAX = 64;
  /** What is longer takes long to read; what is beyond every range becomes null. */
  private static final int NUMBER_DIGITS_MAX = 1_000;

  static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder().streamReadConstraints(
      StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).maxNumberLength(NUMBER_DIGITS_MAX).build()).build())
      .build();

  private EventJson() {}

  static ObjectNode object(String text) {
    return text.equals("{}") ? MAPPER.createObjectNode() : (ObjectNode) MAPPER.readTree(text);
  }

  static String text(ObjectNode object) {
    return object.isEmpty() ? "{}" : MAPPER.writeValueAsString(object);
  }

  static String text(List<Identity> identities) {
    ArrayNode array = MAPPER.createArrayNode();
    for (var identity : identities) {
      array.addArray().add(identity.namespace()).add(identity.value());
    }
    return MAPPER.writeValueAsString(array);
  }

  static List<Identity> identities(String text) {
    var identities = new ArrayList<Identity>();
    for (var pair : MAPPER.readTree(text)) {
      identities.add(new Identity(pair.get(0).stringValue(), pair.get(1).stringValue()));
    }
    return identities;
  }
}
