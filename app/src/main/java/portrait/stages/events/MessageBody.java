package portrait.stages.events;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The body of a collection call: one message, or an envelope around a batch of them.
///
/// Reading it tells only whether it is JSON of the right shape; the messages are judged one by one in [#collect], so
/// that a wrong one does not take the others with it.
public final class MessageBody {

  /** Most messages of one batch, as the public collection service has it. */
  public static final int MESSAGES_MAX = 2_500;

  private final ObjectNode envelope;
  private final List<Item> items;
  private final Optional<EventType> implied;

  private MessageBody(ObjectNode envelope, List<Item> items, Optional<EventType> implied) {
    this.envelope = envelope;
    this.items = List.copyOf(items);
    this.implied = implied;
  }

  /// Reads a single message.
  ///
  /// @param type what the path of the call says it is
  /// @throws ProblemException `invalid_body` when the body is not a JSON object
  public static MessageBody single(byte[] body, EventType type) {
    return single(body, Optional.of(type));
  }

  /// A message that was refused before.
  ///
  /// @param id its message id when it has none
  static MessageBody again(Original message, String id) {
    var read = single(message.bytes(), message.type());
    read.items.forEach(item -> ((ObjectNode) item.message()).putIfAbsent("messageId",
        EventJson.MAPPER.getNodeFactory().stringNode(id)));
    return new MessageBody(EventJson.object(message.envelope()), read.items, message.type());
  }

  private static MessageBody single(byte[] body, Optional<EventType> type) {
    try {
      JsonNode node = EventJson.MAPPER.readTree(body);
      if (!(node instanceof ObjectNode message)) {
        throw unreadable("the body is not a JSON object", null);
      }
      var envelope = EventJson.MAPPER.createObjectNode();
      Optional.ofNullable(message.get("writeKey")).ifPresent(key -> envelope.set("writeKey", key));
      return new MessageBody(envelope, List.of(new Item(message, body)), type);
    } catch (JacksonException broken) {
      throw unreadable("the body is not JSON", broken);
    }
  }

  /// Reads a batch: `{"batch": [message, …], "sentAt": …, "context": …, "writeKey": …}`.
  ///
  /// @throws ProblemException `invalid_body` when it is not JSON of that shape, `too_large` for too many messages
  public static MessageBody batch(byte[] body) {
    var envelope = EventJson.MAPPER.createObjectNode();
    var items = new ArrayList<Item>();
    boolean isBatch = false;
    try (var parser = EventJson.MAPPER.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw unreadable("the body is not a JSON object", null);
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equals("batch") && value == JsonToken.START_ARRAY) {
          isBatch = true;
          readItems(parser, body, items);
        } else {
          envelope.set(name, parser.<JsonNode>readValueAsTree());
        }
      }
    } catch (JacksonException broken) {
      throw unreadable("the body is not JSON", broken);
    }
    if (!isBatch) {
      throw unreadable("the body has no list 'batch'", null);
    }
    return new MessageBody(envelope, items, Optional.empty());
  }

  private static void readItems(JsonParser parser, byte[] body, List<Item> items) {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (items.size() == MESSAGES_MAX) {
        throw Problem.of(Problem.Code.TOO_LARGE, "the batch has more than %,d messages".formatted(MESSAGES_MAX),
            "Send it in smaller parts.").asException();
      }
      int start = (int) parser.currentTokenLocation().getByteOffset();
      JsonNode message = parser.readValueAsTree();
      int end = (int) parser.currentLocation().getByteOffset();
      // There are no offsets in bytes when the body is not UTF-8, which JSON allows.
      items.add(new Item(message,
          start < 0 ? EventJson.MAPPER.writeValueAsBytes(message) : Arrays.copyOfRange(body, start, end)));
    }
  }

  private static ProblemException unreadable(String what, @Nullable JacksonException cause) {
    // Jackson's own text quotes the body, which may hold personal data; the place is enough to find the mistake.
    String where = cause == null || cause.getLocation() == null ? ""
        : " (line %d, column %d)"
            .formatted(cause.getLocation().getLineNr(), cause.getLocation().getColumnNr());
    var problem = Problem.of(Problem.Code.INVALID_BODY, what + where,
        "Send one message as a JSON object, or {\"batch\": [message, …]}.");
    return cause == null ? problem.asException() : new ProblemException(problem, cause);
  }

  /// The write key, when the body carries one: in the envelope, else in the first message.
  public Optional<String> writeKey() {
    return Optional.ofNullable(envelope.get("writeKey"))
        .or(() -> items.stream().findFirst().map(item -> item.message().get("writeKey"))).filter(JsonNode::isString)
        .map(JsonNode::stringValue).filter(key -> !key.isBlank());
  }

  /// How many messages there are.
  public int size() {
    return items.size();
  }

  /// Judges each message, by the standard limits.
  ///
  /// @param source who sent it: `live`, or the name of the key
  public List<Collected> collect(Instant receivedAt, String source) {
    return collect(receivedAt, source, MessageLimits.STANDARD);
  }

  /// Judges each message.
  public List<Collected> collect(Instant receivedAt, String source, MessageLimits limits) {
    var messages = new Messages(envelope, receivedAt, source, limits.messageBytesMax());
    String shared = EventJson.text(shared());
    return items.stream().map(item -> messages.read(item.message(), new Original(item.original(), implied, shared)))
        .toList();
  }

  /// What counts for every message of a batch, and has to be kept with one that is refused.
  private ObjectNode shared() {
    var shared = EventJson.MAPPER.createObjectNode();
    for (String name : List.of("context", "sentAt")) {
      Optional.ofNullable(envelope.get(name)).ifPresent(value -> shared.set(name, value.deepCopy()));
    }
    Scrub.clean(shared);
    return shared;
  }

  /// @param original the bytes as they came
  private record Item(JsonNode message, byte[] original) {}
}
