package portrait.stages.events;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.EventProperties;
import portrait.foundation.expressions.Subject;
import tools.jackson.databind.node.ObjectNode;

/// An event as the live evaluator sees it, whole. Its properties are parsed only when somebody asks for one, because most
/// conditions are decided by name and time.
public final class PastEvent implements Subject.Occurrence {

  private final String id;
  private final String name;
  private final EventType type;
  private final Instant at;
  private final String text;
  private @Nullable ObjectNode properties;

  PastEvent(String id, String name, EventType type, Instant at, String text) {
    this.id = id;
    this.name = name;
    this.type = type;
    this.at = at;
    this.text = text;
  }

  /// The event as the store gives it back.
  static PastEvent of(Collected.Accepted message) {
    var event = message.event();
    var past = new PastEvent(event.id(), event.name(), event.type(),
        event.timestamp().truncatedTo(ChronoUnit.MICROS), message.properties());
    past.properties = event.properties();
    return past;
  }

  EventType eventType() {
    return type;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String type() {
    return type.text();
  }

  @Override
  public Instant at() {
    return at;
  }

  @Override
  public @Nullable Object property(String path) {
    return EventProperties.value(properties(), path);
  }

  @Override
  public @Nullable List<@Nullable Object> items(String path) {
    return EventProperties.items(properties(), path);
  }

  private ObjectNode properties() {
    ObjectNode known = properties;
    if (known == null) {
      known = EventJson.object(text);
      properties = known;
    }
    return known;
  }
}
