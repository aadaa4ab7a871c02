package portrait.stages.events;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Judges the messages of one call by the rules of the public collection protocol, and makes events of them.
///
/// Reasons for a refusal name fields, never their values: those may be personal data.
final class Messages {

  private static final String TYPES = "identify, track, page, screen, group, alias";
  private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,99}");
  private static final int ID_LENGTH_MAX = 255;
  private static final int NAME_LENGTH_MAX = 500;
  private static final int FIELDS_MAX = 1_000;
  /** Clocks that are ahead by more than this are no clocks. */
  private static final Duration AHEAD_MAX = Duration.ofDays(1);
  private static final Instant EARLIEST = Instant.parse("1900-01-01T00:00:00Z");

  private final ObjectNode envelope;
  private final Instant receivedAt;
  private final String source;
  private final int bytesMax;

  Messages(ObjectNode envelope, Instant receivedAt, String source, int bytesMax) {
    this.envelope = envelope;
    this.bytesMax = bytesMax;
    this.receivedAt = receivedAt.truncatedTo(ChronoUnit.MICROS);
    this.source = source;
  }

  Collected read(JsonNode message, Original original) {
    try {
      if (original.bytes().length > bytesMax) {
        throw new Refusal(
            "the message has %,d bytes but must have at most %,d".formatted(original.bytes().length, bytesMax));
      }
      if (!(message instanceof ObjectNode fields)) {
        throw new Refusal("the message is not a JSON object");
      }
      return Collected.Accepted.of(event(fields, original.type()), original);
    } catch (Refusal refusal) {
      return new Collected.Refused(Problem.of(Problem.Code.INVALID_EVENT, refusal.reason), original, receivedAt,
          source);
    }
  }

  private Event event(ObjectNode message, Optional<EventType> implied) throws Refusal {
    var type = implied.isPresent() ? implied.get() : type(message);
    var context = context(message);
    var properties = properties(message, type, context);
    var identities = identities(message, type, properties, context);
    return new Event(id(message), type, name(message, type), timestamp(message), receivedAt, source, identities,
        properties, context);
  }

  private static EventType type(ObjectNode message) throws Refusal {
    String text = text(message, "type", ID_LENGTH_MAX)
        .orElseThrow(() -> new Refusal("type is missing but must be one of " + TYPES));
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "track" -> EventType.TRACK;
      case "page" -> EventType.PAGE;
      case "screen" -> EventType.SCREEN;
      case "identify" -> EventType.IDENTIFY;
      case "group" -> EventType.GROUP;
      case "alias" -> EventType.ALIAS;
      default -> throw new Refusal("type must be one of " + TYPES);
    };
  }

  private static String id(ObjectNode message) throws Refusal {
    return text(message, "messageId", ID_LENGTH_MAX).orElseGet(() -> UUID.randomUUID().toString());
  }

  private static String name(ObjectNode message, EventType type) throws Refusal {
    return switch (type) {
      case TRACK -> text(message, "event", NAME_LENGTH_MAX)
          .orElseThrow(() -> new Refusal("event is missing but a track message must name one"));
      case PAGE -> text(message, "name", NAME_LENGTH_MAX).orElse("Page Viewed");
      case SCREEN -> text(message, "name", NAME_LENGTH_MAX).orElse("Screen Viewed");
      case IDENTIFY -> "Identify";
      case GROUP -> "Group";
      case ALIAS -> "Alias";
      case ACTIVITY -> throw new IllegalArgumentException("activities are not collected");
    };
  }

  /// The context of the message over that of the envelope.
  private ObjectNode context(ObjectNode message) throws Refusal {
    var context = EventJson.MAPPER.createObjectNode();
    if (envelope.get("context") instanceof ObjectNode shared) {
      context.setAll(shared);
    }
    context.setAll(object(message, "context"));
    Scrub.clean(context);
    return context;
  }

  private static ObjectNode properties(ObjectNode message, EventType type, ObjectNode context) throws Refusal {
    var properties = switch (type) {
      case TRACK, ALIAS, ACTIVITY -> object(message, "properties").deepCopy();
      case PAGE, SCREEN -> {
        var viewed = object(message, "properties").deepCopy();
        text(message, "name", NAME_LENGTH_MAX).ifPresent(name -> viewed.putIfAbsent("name", viewed.stringNode(name)));
        text(message, "category", NAME_LENGTH_MAX)
            .ifPresent(category -> viewed.putIfAbsent("category", viewed.stringNode(category)));
        yield viewed;
      }
      case IDENTIFY -> {
        // One public SDK puts the traits into the context, too, others only there.
        var traits = EventJson.MAPPER.createObjectNode();
        if (context.get("traits") instanceof ObjectNode also) {
          traits.setAll(also);
        }
        traits.setAll(object(message, "traits"));
        yield traits;
      }
      case GROUP -> object(message, "traits").deepCopy();
    };
    if (properties.size() > FIELDS_MAX) {
      throw new Refusal("%s has %,d fields but must have at most %,d".formatted(
          type == EventType.IDENTIFY || type == EventType.GROUP ? "traits" : "properties", properties.size(),
          FIELDS_MAX));
    }
    Scrub.clean(properties);
    if (type == EventType.GROUP) {
      properties.put("groupId", text(message, "groupId", NAME_LENGTH_MAX)
          .orElseThrow(() -> new Refusal("groupId is missing but a group message must have one")));
    }
    return properties;
  }

  private static List<Identity> identities(ObjectNode message, EventType type, ObjectNode properties,
      ObjectNode context) throws Refusal {
    var identities = new LinkedHashSet<Identity>();
    var userId = text(message, "userId", Identity.VALUE_LENGTH_MAX);
    var anonymousId = text(message, "anonymousId", Identity.VALUE_LENGTH_MAX);
    userId.ifPresent(value -> identities.add(new Identity("user_id", value)));
    anonymousId.ifPresent(value -> identities.add(new Identity("anonymous_id", value)));
    if (type == EventType.ALIAS) {
      String previous = text(message, "previousId", Identity.VALUE_LENGTH_MAX)
          .orElseThrow(() -> new Refusal("previousId is missing but an alias message must have one"));
      if (userId.isEmpty()) {
        throw new Refusal("userId is missing but an alias message must have one");
      }
      identities.add(new Identity("anonymous_id", previous));
    }
    if (userId.isEmpty() && anonymousId.isEmpty()) {
      throw new Refusal("userId and anonymousId are both missing but one must be there");
    }
    if (context.get("device") instanceof ObjectNode device) {
      softly(device, "id").ifPresent(value -> identities.add(new Identity("device_id", value)));
    }
    if (type == EventType.IDENTIFY) {
      softly(properties, "email").filter(value -> value.indexOf('@') > 0)
          .ifPresent(value -> identities.add(new Identity(Identity.EMAIL, value)));
      softly(properties, "phone").ifPresent(value -> identities.add(new Identity("phone", value)));
    }
    if (context.get("externalIds") != null && context.get("externalIds").isArray()) {
      for (var external : context.get("externalIds")) {
        if (external instanceof ObjectNode named) {
          var namespace = softly(named, "type").filter(text -> NAMESPACE.matcher(text).matches());
          var value = softly(named, "id");
          if (namespace.isPresent() && value.isPresent()) {
            identities.add(new Identity(namespace.get(), value.get()));
          }
        }
      }
    }
    return new ArrayList<>(identities);
  }

  /// When it happened, by our clock: the client's clock may be wrong, but the time between doing and sending is right.
  private Instant timestamp(ObjectNode message) throws Refusal {
    var original = time(message, "originalTimestamp");
    var said = original.isPresent() ? original : time(message, "timestamp");
    if (said.isEmpty()) {
      return receivedAt;
    }
    var sentAt = softTime(message, "sentAt").or(() -> softTime(envelope, "sentAt"));
    Instant at = sentAt.isEmpty() ? said.get() : corrected(said.get(), sentAt.get());
    if (at.isAfter(receivedAt.plus(AHEAD_MAX))) {
      throw new Refusal("timestamp lies more than a day in the future");
    }
    if (at.isBefore(EARLIEST)) {
      throw new Refusal("timestamp lies before the year 1900");
    }
    return (at.isAfter(receivedAt) ? receivedAt : at).truncatedTo(ChronoUnit.MICROS);
  }

  private Instant corrected(Instant said, Instant sentAt) throws Refusal {
    try {
      return receivedAt.minus(Duration.between(said, sentAt));
    } catch (DateTimeException | ArithmeticException _) {
      throw new Refusal("timestamp and sentAt lie further apart than time itself");
    }
  }

  private static Optional<Instant> softTime(ObjectNode fields, String name) {
    try {
      return time(fields, name);
    } catch (Refusal _) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> time(ObjectNode fields, String name) throws Refusal {
    JsonNode node = fields.get(name);
    if (node == null || node.isNull()) {
      return Optional.empty();
    }
    try {
      if (node.isIntegralNumber() && node.canConvertToLong()) {
        return Optional.of(Instant.ofEpochMilli(node.longValue()));
      }
      if (node.isString()) {
        return node.stringValue().isBlank() ? Optional.empty() : Optional.of(moment(node.stringValue().strip()));
      }
    } catch (DateTimeException _) {
      // Told below, like a value of the wrong type.
    }
    throw new Refusal(name + " must be a date and time like 2026-01-31T09:30:00.000Z");
  }

  private static Instant moment(String text) {
    if (text.length() <= 10) {
      return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    }
    String iso = text.charAt(10) == ' ' ? text.substring(0, 10) + "T" + text.substring(11) : text;
    char last = iso.charAt(iso.length() - 1);
    boolean hasZone = last == 'Z' || last == 'z' || iso.indexOf('+', 10) > 0 || iso.indexOf('-', 10) > 0;
    return hasZone ? OffsetDateTime.parse(iso).toInstant() : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
  }

  private static ObjectNode object(ObjectNode message, String name) throws Refusal {
    JsonNode node = message.get(name);
    if (node == null || node.isNull()) {
      return EventJson.MAPPER.createObjectNode();
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new Refusal(name + " must be a JSON object");
  }

  /// A text field, trimmed; numbers become text, as clients send ids of either kind.
  private static Optional<String> text(ObjectNode message, String name, int lengthMax) throws Refusal {
    JsonNode node = message.get(name);
    if (node == null || node.isNull()) {
      return Optional.empty();
    }
    String text = scalar(node);
    if (text == null) {
      throw new Refusal(name + " must be a text or a number");
    }
    if (text.length() > lengthMax) {
      throw new Refusal("%s has %,d characters but must have at most %,d".formatted(name, text.length(), lengthMax));
    }
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  /// A text field that is left alone when it is of another type or too long to be an identity.
  private static Optional<String> softly(ObjectNode fields, String name) {
    return Optional.ofNullable(fields.get(name)).map(Messages::scalar)
        .filter(text -> !text.isEmpty() && text.length() <= Identity.VALUE_LENGTH_MAX);
  }

  private static @Nullable String scalar(JsonNode node) {
    if (node.isString()) {
      return Scrub.clean(node.stringValue()).strip();
    }
    // A number beyond every range is infinite here, and would make one person of all who send such a one.
    return node.isNumber() && Double.isFinite(node.doubleValue()) ? node.asString() : null;
  }

  /// Why a message cannot be taken in.
  private static final class Refusal extends Exception {

    private final String reason;

    Refusal(String reason) {
      super(reason);
      this.reason = reason;
    }
  }
}
